"""The sweep's work on runs: make, wake, restart, settle, and heed what operations cancelled.

All of it is safe to repeat and to run twice at once; what a pass cannot do now, because Prefect is
down, the next one does.
"""

import logging
import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

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
    Due,
    is_carried,
    requests_of_runs,
    requests_with_news,
    runs_to_look_at,
)
from models.setbacks import Work
from rules.events import EventName
from rules.statuses import Kind, Status
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
from tasks.setting_aside import SetAside, alone, suspects

logger = logging.getLogger("mumaris.sweep")

#: How many runs are moved before it is looked anew what is most urgent.
FEW = 10
#: How many requests' news one pass shows.
BATCH = 100
#: The first pause before a run that failed is restarted; each further one is twice as long.
FIRST_PAUSE = timedelta(seconds=5)
#: Longest pause between two restarts of a run that keeps dying.
LONGEST_PAUSE = timedelta(hours=1)
DOUBLINGS = 10  # 5 s, doubled as often, is more than the longest pause
MOST_RESTARTS = 1_000_000
#: How many seconds one call goes on moving runs; what is left over is the next pass's.
MOVES_WITHIN = 10.0
#: How long Prefect may take to show a run's outcome, or that it suspended itself.
SHOWS_WITHIN = timedelta(seconds=5)


async def move_runs(client: PrefectClient, *, now: datetime, within: float = MOVES_WITHIN) -> bool:
    """Make, wake, restart or settle the runs that need it, for so many seconds at most.

    Returns whether something could not be settled yet and is worth another look at once: a run that
    is just suspending itself cannot be woken for some milliseconds more. Looks anew after every few
    runs, so that a decision does not wait for a burst of submissions to be through.
    """
    stop_at = time.monotonic() + within
    looked_at: set[UUID] = set()
    unsettled = False
    while time.monotonic() < stop_at and (few := await _next_few(looked_at, now)):
        for due in few:
            looked_at.add(due.id)
            moved = await alone(due, Work.RUN, partial(_move_run, client, due, now), now=now)
            unsettled |= bool(moved)
    return unsettled


async def _next_few(looked_at: set[UUID], now: datetime) -> list[Due]:
    async with transaction() as session:
        but = looked_at.union(suspects)
        few = await runs_to_look_at(session, now=now, limit=FEW, except_for=but)
        if few or but == looked_at:
            return few
        return await runs_to_look_at(session, now=now, limit=FEW, except_for=looked_at)


async def _read(due: Due) -> Request:
    async with transaction() as session:
        return await session.get_one(Request, due.id)


async def _move_run(client: PrefectClient, due: Due, now: datetime) -> bool:
    request = await _read(due)
    if not (isinstance(request.kind, Kind) and isinstance(request.status, Status)):
        raise SetAside("not_understood")  # a newer version's: see `models.columns.Named`
    if request.flow_run_id is None or request.run_state == RunState.WANTED:
        await _make(client, request, now)
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


async def _make(client: PrefectClient, request: Request, now: datetime) -> None:
    try:
        flow_run_id = await make_run(client, request)
    except ObjectNotFound as missing:
        raise SetAside("not_deployed") from missing
    await _note(request, RunState.STARTED, now, flow_run_id=flow_run_id)


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
    pause = min(FIRST_PAUSE * (1 << min(request.run_restarts, DOUBLINGS)), LONGEST_PAUSE)
    await _note(request, RunState.BROKEN, now, wake_at=now + pause)


async def _restart(client: PrefectClient, request: Request, now: datetime) -> None:
    if not await reschedule_run(client, _run_of(request), name="AwaitingRetry"):
        return
    async with transaction() as session:
        row = await find_request(session, request.tracking_code, lock=True)
        row.run_state, row.run_checked_at, row.wake_at = RunState.STARTED, now, None
        row.run_restarts = min(row.run_restarts + 1, MOST_RESTARTS)
        record(session, row, EventName.RUN_RESTARTED, by=PIPELINE, now=now)
        await ring(session, RUN_BELL)
    logger.warning("run of request %s died and was restarted", request.tracking_code)


async def _settle(client: PrefectClient, request: Request, now: datetime) -> bool:
    if request.status not in FINAL:
        # Somebody completed the run by hand; the request still needs one.
        await _note(request, RunState.WANTED, now, lost=True)
        return True
    with suppress(ObjectNotFound):  # deleted since
        await show_stage(client, request, _run_of(request))
    await _note(request, RunState.SETTLED, now)
    return False


async def heed_cancellations(client: PrefectClient, *, now: datetime) -> None:
    """Withdraw the requests whose runs operations have cancelled in the Prefect UI."""
    cancelled = await cancelled_runs(client)
    async with transaction() as session:
        found = await requests_of_runs(session, cancelled, now=now)
    for due in found:
        heed = partial(heed_cancellation, client, due.tracking_code, now=now)
        await alone(due, Work.CANCELLATION, heed, now=now)


async def heed_cancellation(client: PrefectClient, tracking_code: str, *, now: datetime) -> None:
    """Withdraw one request on behalf of operations and close its run; it is never made again."""
    with suppress(WithdrawalTooLate):  # it was closed before it was cancelled
        await withdraw(tracking_code, by=OPERATIONS, now=now)
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        if await is_carried(session, request.id):
            return
    with suppress(ObjectNotFound):  # cancelled, and then deleted
        await finish_cancelling(client, _run_of(request))
        await show_progress(request, _run_of(request))
        await show_stage(client, request, _run_of(request))
    await _note(request, RunState.SETTLED, now)


async def announce_news(*, now: datetime) -> None:
    """Show what happened to requests whose run is suspended and cannot show it itself."""
    async with transaction() as session:
        found = await requests_with_news(
            session, older_than=now - SHOWS_WITHIN, now=now, limit=BATCH
        )
    for due in found:
        await alone(due, Work.NEWS, partial(_announce, due, now), now=now)


async def _announce(due: Due, now: datetime) -> None:
    request = await _read(due)
    try:
        await show_progress(request, _run_of(request))
    except ObjectNotFound:
        # Deleted in the UI: the run that is made in its place shows it.
        await _note(request, RunState.WANTED, now, lost=True)


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
