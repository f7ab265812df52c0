"""The sweep's work on runs: make, wake, restart, settle, and heed what operations cancelled.

All of it is safe to repeat and to run twice at once; what a pass cannot do now, because Prefect is
down, the next one does.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound
from sqlalchemy import update
from sqlmodel import col

from desk.withdrawal import WithdrawalTooLate, withdraw
from models.bells import RUN_BELL
from models.database import transaction
from models.door import OPERATIONS, PIPELINE, record, ring
from models.requests import Request, find_request
from models.run_states import RunState
from models.runs import (
    QUIET_FOR,
    codes_of_runs,
    is_carried,
    requests_with_news,
    runs_to_look_at,
)
from rules.events import EventName
from rules.transitions import FINAL
from tasks.progress import show_progress
from tasks.runs import (
    RunSeen,
    Sighting,
    cancelled_runs,
    finish_cancelling,
    look_at_run,
    make_run,
    reschedule_run,
    show_stage,
)

logger = logging.getLogger("mumaris.sweep")

#: How many runs one pass looks at; the next pass goes on with the longest ignored.
BATCH = 100
#: The first pause before a run that failed is restarted; each further one is twice as long.
FIRST_PAUSE = timedelta(seconds=5)
#: Longest pause between two restarts of a run that keeps dying.
LONGEST_PAUSE = timedelta(hours=1)
#: How long Prefect may take to show a run's outcome, or that it suspended itself.
SHOWS_WITHIN = timedelta(seconds=5)


async def move_runs(client: PrefectClient, *, now: datetime) -> bool:
    """Make, wake, restart or settle the runs that need it.

    Returns whether something could not be settled yet and is worth another look at once: a run that
    is just suspending itself cannot be woken for some milliseconds more. A request that Prefect
    refuses (its kind is not deployed) goes to the end of the queue and does not stop the others.
    """
    async with transaction() as session:
        requests = await runs_to_look_at(session, now=now, limit=BATCH)
    unsettled = False
    for request in requests:
        try:
            unsettled |= await _move_run(client, request, now)
        except (ObjectNotFound, httpx.HTTPStatusError) as refusal:
            name = type(refusal).__name__
            logger.warning("run of request %s cannot be moved (%s)", request.tracking_code, name)
            await _note(request, RunState(request.run_state), now)
    return unsettled


async def _move_run(client: PrefectClient, request: Request, now: datetime) -> bool:
    if request.flow_run_id is None or request.run_state == RunState.WANTED:
        flow_run_id = await make_run(client, request)
        await _note(request, RunState.STARTED, now, flow_run_id=flow_run_id)
        return False
    seen = await look_at_run(client, request.flow_run_id)
    match seen.sighting:
        case Sighting.GONE:
            await _note(request, RunState.WANTED, now, lost=True)
            return True
        case Sighting.CANCELLED:
            await heed_cancellation(client, request.tracking_code, now=now)
            return False
        case Sighting.SUSPENDED:
            return await _wake_if_moved(client, request, now)
        case Sighting.COMPLETED:
            return await _settle(client, request, now)
        case Sighting.BROKEN:
            await _restart_later(client, request, now)
            return False
        case Sighting.SCHEDULED:
            await _note(request, RunState.STARTED, now)
            return False
        case Sighting.AT_WORK:
            return await _restart_if_dead(client, request, seen, now)


async def _wake_if_moved(client: PrefectClient, request: Request, now: datetime) -> bool:
    moved = request.waits_in != request.status
    due = request.wake_at is not None and request.wake_at <= now
    if request.run_state == RunState.SUSPENDING and not moved and not due:
        await _note(request, RunState.WAITING, now)
        return False
    if await reschedule_run(client, _run_of(request), name="Resuming"):
        await _note(request, RunState.STARTED, now)
        return False
    return True


async def _restart_if_dead(
    client: PrefectClient, request: Request, seen: RunSeen, now: datetime
) -> bool:
    async with transaction() as session:
        carried = await is_carried(session, request.id)
    waits = request.run_state in {RunState.SUSPENDING, RunState.WAITING}
    if carried:
        if not waits:
            await _note(request, RunState(request.run_state), now)
        return waits and request.waits_in != request.status
    patience = QUIET_FOR if request.run_state == RunState.STARTED else SHOWS_WITHIN
    if seen.since is not None and now - max(seen.since, _last_sign(request)) < patience:
        return waits and request.waits_in != request.status
    await _restart(client, request, now)
    return False


def _last_sign(request: Request) -> datetime:
    return request.run_checked_at or request.submitted_at


async def _restart_later(client: PrefectClient, request: Request, now: datetime) -> None:
    if request.run_state == RunState.BROKEN:
        await _restart(client, request, now)
        return
    pause = min(FIRST_PAUSE * 2**request.run_restarts, LONGEST_PAUSE)
    await _note(request, RunState.BROKEN, now, wake_at=now + pause)


async def _restart(client: PrefectClient, request: Request, now: datetime) -> None:
    if not await reschedule_run(client, _run_of(request), name="AwaitingRetry"):
        return
    async with transaction() as session:
        row = await find_request(session, request.tracking_code, lock=True)
        row.run_state, row.run_checked_at, row.wake_at = RunState.STARTED, now, None
        row.run_restarts += 1
        record(session, row, EventName.RUN_RESTARTED, by=PIPELINE, now=now)
        await ring(session, RUN_BELL)
    logger.warning("run of request %s died and was restarted", request.tracking_code)


async def _settle(client: PrefectClient, request: Request, now: datetime) -> bool:
    if request.status not in FINAL:
        # Somebody completed the run by hand; the request still needs one.
        await _note(request, RunState.WANTED, now, lost=True)
        return True
    await show_stage(client, request, _run_of(request))
    await _note(request, RunState.SETTLED, now)
    return False


async def heed_cancellations(client: PrefectClient, *, now: datetime) -> None:
    """Withdraw the requests whose runs operations have cancelled in the Prefect UI."""
    cancelled = await cancelled_runs(client)
    async with transaction() as session:
        codes = await codes_of_runs(session, cancelled)
    for tracking_code in codes:
        await heed_cancellation(client, tracking_code, now=now)


async def heed_cancellation(client: PrefectClient, tracking_code: str, *, now: datetime) -> None:
    """Withdraw one request on behalf of operations and close its run; it is never made again."""
    with suppress(WithdrawalTooLate):  # it was closed before it was cancelled
        await withdraw(tracking_code, by=OPERATIONS, now=now)
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        if await is_carried(session, request.id):
            return
    await finish_cancelling(client, _run_of(request))
    await show_progress(request, _run_of(request))
    await show_stage(client, request, _run_of(request))
    await _note(request, RunState.SETTLED, now)


async def announce_news(*, now: datetime) -> None:
    """Show what happened to requests whose run is suspended and cannot show it itself."""
    async with transaction() as session:
        requests = await requests_with_news(session, older_than=now - SHOWS_WITHIN, limit=BATCH)
    for request in requests:
        await show_progress(request, _run_of(request))


def _run_of(request: Request) -> UUID:
    if request.flow_run_id is None:
        raise RuntimeError("the request has no run")
    return request.flow_run_id


async def _note(
    request: Request,
    state: RunState,
    now: datetime,
    *,
    flow_run_id: UUID | None = None,
    wake_at: datetime | None = None,
    lost: bool = False,
) -> None:
    """Write down what was seen, unless the run has moved since it was looked at."""
    values: dict[str, object] = {"run_state": state, "run_checked_at": now}
    if flow_run_id is not None:
        values["flow_run_id"] = flow_run_id
    if wake_at is not None:
        values["wake_at"] = wake_at
    if lost:
        values |= {"flow_run_id": None, "run_generation": request.run_generation + 1}
    async with transaction() as session:
        await session.exec(
            update(Request)
            .where(
                col(Request.id) == request.id,
                col(Request.run_state) == request.run_state,
                col(Request.pause_count) == request.pause_count,
            )
            .values(**values)
        )
        if state == RunState.STARTED:
            await ring(session, RUN_BELL)  # a worker need not wait for its poll
