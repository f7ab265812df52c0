"""How often Prefect is called for one request, from its submission to its e-mail."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from benchmarks.people import OFFICER, register_officer, register_practitioners
from benchmarks.whole_pipeline.engine import Running
from benchmarks.whole_pipeline.prefect_calls import CallLog
from desk.requests.handle import RequestHandle, hand_in
from models.database import transaction
from models.requests import find_request
from models.run_states import RunState
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.statuses import Kind, Status

#: Longer than the worker's heartbeat and whatever else comes round by itself.
_IDLE_SECONDS = 35.0
#: A request is through with Prefect when nothing but an idle stack's calls came for so long.
_QUIET_SECONDS = 3.0
_PATIENCE = 120.0
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class LoneCalls:
    """Calls for each request, by route; what an idle stack asks in the same time is taken off."""

    requests: int
    by_route: dict[str, float]
    #: What an idle stack calls in a minute, by route.
    idle_by_route: dict[str, float]

    @property
    def calls(self) -> float:
        """For each request, in all."""
        return sum(self.by_route.values())


async def measure_lone_calls(
    running: Running, log: CallLog, how_many: int, progress: Callable[[str], None]
) -> LoneCalls:
    """Carry so many, one after the other, after one that does not count.

    An officer decides when the run has come to rest at the gate; what the run still tells Prefect
    once the e-mail is accepted is counted too.
    """
    await register_officer()
    first, *wishes = await register_practitioners(1 + how_many)
    await _carry(running, first, _until_it_waits)
    idle = await _idle(log)
    begun, calls = time.monotonic(), Counter[str]()

    async def until_quiet(_: RequestHandle) -> None:
        await _until_quiet(log, set(idle))

    for wish in wishes:
        since = time.monotonic()
        await _carry(running, wish, until_quiet)
        calls += log.between(since, time.monotonic())
    took = time.monotonic() - begun
    each = {
        route: (calls[route] - idle.get(route, 0.0) * took) / how_many
        for route in sorted({*calls, *idle})
    }
    found = LoneCalls(how_many, each, {route: 60 * rate for route, rate in sorted(idle.items())})
    progress(f"{running.name}: {found.calls:.1f} calls to Prefect for a lone request")
    return found


async def _carry(
    running: Running,
    wish: ProfileUpdateSubmission,
    rests: Callable[[RequestHandle], Awaitable[None]],
) -> None:
    letters = running.post.count() + 2
    handle = await hand_in(Kind.PROFILE_UPDATE, wish)
    await handle.wait_until_gate(timeout=_PATIENCE)
    await rests(handle)
    await handle.decide("approve", officer=OFFICER)
    await handle.wait_for(Status.AWAITING_ACTIVATION, timeout=_PATIENCE)
    await running.post.wait_for(letters, within=_PATIENCE)
    await rests(handle)


async def _idle(log: CallLog) -> dict[str, float]:
    """Calls a second of an idle stack, by route."""
    since = time.monotonic()
    await asyncio.sleep(_IDLE_SECONDS)
    found = log.between(since, time.monotonic())
    return {route: count / _IDLE_SECONDS for route, count in found.items()}


async def _until_it_waits(handle: RequestHandle) -> None:
    """For the first, before it is known what an idle stack asks."""
    deadline = time.monotonic() + _PATIENCE
    while not await _waits(handle):
        if time.monotonic() > deadline:
            raise TimeoutError("the first request's run never waited")
        await asyncio.sleep(_LOOK_EVERY)


async def _waits(handle: RequestHandle) -> bool:
    async with transaction() as session:
        request = await find_request(session, handle.tracking_code)
    return (request.run_state, request.waits_in) == (RunState.WAITING, request.status)


async def _until_quiet(log: CallLog, idle: set[str]) -> None:
    begun = time.monotonic()
    while time.monotonic() - max(begun, log.last_other_than(idle)) < _QUIET_SECONDS:
        if time.monotonic() - begun > _PATIENCE:
            return
        await asyncio.sleep(_LOOK_EVERY)
