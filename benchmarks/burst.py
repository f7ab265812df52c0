"""Many submissions in one instant: does every one of them come to the gate, and how soon?"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from sqlmodel import col, func, select

from benchmarks.people import register_practitioners
from benchmarks.window import broken_runs, suspended_since
from desk.clock import utc_now
from desk.requests.handle import RequestHandle
from flows.profile_update import submit
from models.database import transaction
from models.requests import Request, RequestEvent

#: Seconds that the burst gets: so many, and so many for each request.
_PATIENCE, _PATIENCE_EACH = 60.0, 3.0
_LOOK_EVERY = 1.0


@dataclass(frozen=True)
class BurstResult:
    """What became of a burst."""

    submitted: int
    #: Stand suspended at the gate.
    at_gate: int
    #: From just before the first submission to the last run's `Suspended` state.
    seconds: float
    #: Runs that were ever crashed or failed, even if they came to the gate later.
    crashed: int
    #: Times that the sweep took a run for dead and started it again.
    restarted: int

    @property
    def lost(self) -> int:
        """Submissions that were refused, or did not come to the gate in the time given."""
        return self.submitted - self.at_gate

    @property
    def per_second(self) -> float:
        """Requests that came to the gate in a second."""
        return self.at_gate / self.seconds if self.seconds else 0.0

    @property
    def is_whole(self) -> bool:
        """Whether nothing crashed and nothing was lost."""
        return self.crashed == 0 and self.lost == 0


async def measure_burst(
    client: PrefectClient, how_many: int, progress: Callable[[str], None]
) -> BurstResult:
    """Submit so many at once, and wait until all stand at the gate or time is up."""
    wishes = await register_practitioners(how_many)
    begun = utc_now()
    deadline = time.monotonic() + _PATIENCE + _PATIENCE_EACH * how_many
    answers = await asyncio.gather(*map(submit, wishes), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            progress(f"burst: a submission was refused ({type(answer).__name__})")
    codes = [answer.tracking_code for answer in answers if isinstance(answer, RequestHandle)]
    progress(f"burst: {len(codes)} accepted after {(utc_now() - begun).total_seconds():.1f} s")
    await _until_at_gate(codes, deadline)
    runs = await _runs(codes)
    gates = await suspended_since(client, runs)
    while len(gates) < how_many and time.monotonic() < deadline:
        await asyncio.sleep(_LOOK_EVERY)
        runs = await _runs(codes)
        gates = await suspended_since(client, runs)
    return BurstResult(
        submitted=how_many,
        at_gate=len(gates),
        seconds=(max(gates.values(), default=begun) - begun).total_seconds(),
        crashed=await broken_runs(client, runs),
        restarted=await restarts(codes),
    )


async def _until_at_gate(codes: list[str], deadline: float) -> None:
    """Return when our table shows them all there: one small query a second, nothing of Prefect."""
    query = select(func.count()).where(
        col(Request.tracking_code).in_(codes), col(Request.run_state).in_(["suspending", "waiting"])
    )
    while time.monotonic() < deadline:
        async with transaction() as session:
            if (await session.exec(query)).one() == len(codes):
                return
        await asyncio.sleep(_LOOK_EVERY)


async def _runs(codes: list[str]) -> list[UUID]:
    query = select(Request.flow_run_id).where(col(Request.tracking_code).in_(codes))
    async with transaction() as session:
        return [run for run in (await session.exec(query)).all() if run is not None]


async def restarts(codes: Sequence[str]) -> int:
    """How often a run of these requests was taken for dead and started again."""
    query = (
        select(func.count())
        .select_from(RequestEvent)
        .join(Request, col(Request.id) == col(RequestEvent.request_id))
        .where(col(Request.tracking_code).in_(codes), col(RequestEvent.what) == "run_restarted")
    )
    async with transaction() as session:
        return (await session.exec(query)).one()
