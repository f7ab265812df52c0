"""The sweep's work on runs: make, wake, restart, replace and settle.

All of it is safe to repeat and to run twice at once; what a pass cannot do now, because Prefect is
down, the next one does.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from desk.policy import current_policy
from models.bells import RUN_BELL
from models.database import transaction
from models.door import PIPELINE, record, ring
from models.requests import Request, find_request
from models.run_states import RunState
from models.runs import (
    QUIET_FOR,
    Due,
    is_any_to_be_taken,
    is_carried,
    runs_to_look_at,
)
from models.setbacks import Work
from rules.requests.events import EventName
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL
from tasks.runs.cancelling import heed_cancellation
from tasks.runs.in_prefect import (
    RunSeen,
    Sighting,
    end_replaced,
    look_at_run,
    make_run,
    reschedule_run,
    show_stage,
    wake_run,
)
from tasks.runs.notes import note, read, run_of
from tasks.runs.places import place_of, why_not_taken
from tasks.runs.setting_aside import SetAside, alone, suspects
from tasks.runs.waves.forming import form_waves
from tasks.runs.waves.resting import rest

logger = logging.getLogger("mumaris.sweep")

#: How many runs are moved before it is looked anew what is most urgent.
FEW = 10
#: How many of these are moved side by side: each is a dozen questions to the database and Prefect,
#: one after the other, and where those are far away the way there is nearly all of the time.
AT_ONCE = 5
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
    await rest(now=now)
    while time.monotonic() < stop_at and (few := await _next_few(client, looked_at, now)):
        looked_at.update(due.id for due in few)
        unsettled |= await _move_side_by_side(client, few, now)
    return unsettled


async def _move_side_by_side(client: PrefectClient, few: Sequence[Due], now: datetime) -> bool:
    """Move each; whether one is worth another look at once. Who is away ends it for all."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def move(due: Due) -> bool:
        async with slots:
            act = partial(move_run, client, due, now)
            return bool(await alone(due, Work.RUN, act, now=now))

    moving = [asyncio.create_task(move(due)) for due in few]
    try:
        return any(await asyncio.gather(*moving))
    finally:
        for task in moving:
            task.cancel()
        await asyncio.gather(*moving, return_exceptions=True)


async def _next_few(client: PrefectClient, looked_at: set[UUID], now: datetime) -> list[Due]:
    in_waves = await form_waves(client, now=now)
    async with transaction() as session:
        but = looked_at.union(suspects)
        look = partial(runs_to_look_at, session, now=now, limit=FEW, in_waves=in_waves)
        few = await look(except_for=but)
        if few or but == looked_at:
            return few
        return await look(except_for=looked_at)


async def move_run(client: PrefectClient, due: Due, now: datetime) -> bool:
    """Do what this request's run needs now; whether it is worth another look at once."""
    request = await read(due)
    if not (isinstance(request.kind, Kind) and isinstance(request.status, Status)):
        raise SetAside("not_understood")  # a newer version's: see `models.columns.Named`
    if request.flow_run_id is None:
        await _make(client, request, now)
        return False
    if request.run_state == RunState.WANTED:
        await _replace(client, request, now)
        return True
    if await _wake_unseen(client, request, now):
        return False
    return await _act_on_what_is_seen(client, request, now)


async def _wake_unseen(client: PrefectClient, request: Request, now: datetime) -> bool:
    """Wake a run that has said itself that Prefect has it suspended; whether that was all.

    One that asks for a form is looked at first. So is one that others are before, in the queue of
    the workers: it is given its place among them (see `wake_run`).
    """
    asks = current_policy().review.prefect_form_decides and request.waits_in == Status.UNDER_REVIEW
    if request.run_state != RunState.WAITING or asks:
        return False
    async with transaction() as session:
        if await is_any_to_be_taken(session):
            return False
    woken = await wake_run(client, run_of(request))
    if woken:
        await note(request, RunState.STARTED, now)
    return woken


async def _act_on_what_is_seen(client: PrefectClient, request: Request, now: datetime) -> bool:
    seen = await look_at_run(client, run_of(request))
    match seen.sighting:
        case Sighting.GONE:
            await note(request, RunState.WANTED, now, lost=True)
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
            return await _see_scheduled(client, request, seen, now)
        case Sighting.AT_WORK:
            return await _restart_if_dead(client, request, seen, now)


async def _make(client: PrefectClient, request: Request, now: datetime) -> None:
    try:
        flow_run_id = await make_run(client, request)
    except ObjectNotFound as missing:
        raise SetAside("not_deployed") from missing
    await note(request, RunState.STARTED, now, flow_run_id=flow_run_id)


async def replace_run(client: PrefectClient, due: Due, now: datetime) -> None:
    """Have another run made in the place of this request's, which waits where no worker looks."""
    request = await read(due)
    if request.run_state == RunState.WAITING and request.flow_run_id is not None:
        await _replace(client, request, now)


async def _replace(client: PrefectClient, request: Request, now: datetime) -> None:
    """Have another run made in the place of this one, which is ended."""
    ends = run_of(request)
    if await note(request, RunState.WANTED, now, lost=True):
        await end_replaced(client, ends)


async def _see_scheduled(
    client: PrefectClient, request: Request, seen: RunSeen, now: datetime
) -> bool:
    """Make a run anew that no worker can get; shout about one that none takes."""
    run = seen.run
    if run is None:
        raise SetAside("unknown_to_prefect")
    try:
        place = await place_of(client, request.kind)
    except ObjectNotFound as missing:
        raise SetAside("not_deployed") from missing
    if place.hides(run) and place.work_queue_id is not None:
        await _replace(client, request, now)
        return True
    due = run.next_scheduled_start_time
    if due is not None and due > now + QUIET_FOR:  # somebody put it off by hand
        await reschedule_run(client, run.id, name="AwaitingRetry")
    elif reason := await why_not_taken(client, run, place, now=now):
        raise SetAside(reason)
    await note(request, RunState.STARTED, now)
    return False


async def _wake_if_moved(client: PrefectClient, request: Request, now: datetime) -> bool:
    moved = request.waits_in != request.status
    due = request.wake_at is not None and request.wake_at <= now
    if request.run_state == RunState.SUSPENDING and not moved and not due:
        await note(request, RunState.WAITING, now)
        return False
    if await wake_run(client, run_of(request), due=request.submitted_at):
        await note(request, RunState.STARTED, now)
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
            await note(request, RunState(request.run_state), now)
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
    await note(request, RunState.BROKEN, now, wake_at=now + pause)


async def _restart(client: PrefectClient, request: Request, now: datetime) -> None:
    if not await reschedule_run(client, run_of(request), name="AwaitingRetry"):
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
        await note(request, RunState.WANTED, now, lost=True)
        return True
    with suppress(ObjectNotFound):  # deleted since
        await show_stage(client, request, run_of(request))
    await note(request, RunState.SETTLED, now)
    return False
