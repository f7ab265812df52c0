"""A file of thousands, one bulk decision: how soon is the last e-mail accepted, and who waits?"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from benchmarks.people import OFFICER, register_officer, register_practitioners
from benchmarks.whole_pipeline.engine import Running
from benchmarks.whole_pipeline.truth import at_the_gate, faults, last_taken, with_a_link
from desk.clock import utc_now
from desk.requests.deciding_many import decide_many
from desk.requests.handle import hand_in
from desk.requests.review import Ruling
from desk.requests.submitting_many import SubmittedRow, submit_many
from models.database import transaction
from models.requests import Request
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict

#: Somebody comes alone so often while the file is carried.
_ALONE_EVERY = 2.0
_MOST_ALONE = 60
_PATIENCE = 600.0
_LOOK_EVERY = 0.25


@dataclass(frozen=True)
class WholeFile:
    """What became of a file, in seconds."""

    requests: int
    #: From the first row until all are accepted, and until all stand at the gate.
    accepted: float
    at_gate: float
    #: From the decision until it is recorded for all, and until the last e-mail is accepted.
    decided: float
    to_last_letter: float
    #: From the first row until the last e-mail is accepted; officers decide at once.
    whole: float
    #: Trigger to gate of those who came alone meanwhile.
    alone: tuple[float, ...]
    #: Requests that have no run of their own in Prefect when the last e-mail is accepted.
    without_run: int
    faults: tuple[str, ...]

    @property
    def per_second(self) -> float:
        """Requests from the file to their e-mail, a second."""
        return self.requests / self.whole


async def measure_file(
    running: Running, how_many: int, progress: Callable[[str], None]
) -> WholeFile:
    """Hand so many in as a file's rows are, decide all of them in one go when they are there.

    Meanwhile somebody comes alone every two seconds, and waits for the gate; so does one before.
    """
    await register_officer()
    wishes = await register_practitioners(how_many)
    first, *others = await register_practitioners(1 + _MOST_ALONE)
    # Not measured: what every process does once after its start.
    await _wait_alone(first)
    alone: list[float] = []
    coming = asyncio.create_task(_come_alone(others, alone))
    begun = time.time()
    codes = [
        str(result.tracking_code)
        async for result in submit_many(Kind.PROFILE_UPDATE, _rows(wishes), clock=utc_now)
    ]
    accepted = time.time()
    gate = await _until_at_the_gate(codes)
    ruling = Ruling(verdict=Verdict.APPROVE, officer=OFFICER)
    refused = [one async for one in decide_many(codes, ruling, now=utc_now()) if one.refused]
    decided = time.time()
    await _until_they_wait_for_their_link(codes)
    coming.cancel()
    without_run = await _without_run()
    wrong = await faults(codes, running.post)
    ended = await last_taken(codes, running.post)
    found = WholeFile(
        requests=how_many,
        accepted=accepted - begun,
        at_gate=gate - begun,
        decided=decided - gate,
        to_last_letter=ended - gate,
        whole=ended - begun,
        alone=tuple(sorted(alone)),
        without_run=without_run,
        faults=(*wrong, *{str(one.refused) for one in refused}),
    )
    progress(f"a file of {how_many:,}: {found.per_second:.0f} requests a second")
    return found


async def _rows(wishes: Sequence[ProfileUpdateSubmission]) -> AsyncIterator[SubmittedRow[int]]:
    for number, wish in enumerate(wishes):
        yield SubmittedRow(number, wish)


async def _come_alone(wishes: Sequence[ProfileUpdateSubmission], took: list[float]) -> None:
    for wish in wishes:
        took.append(await _wait_alone(wish))
        await asyncio.sleep(_ALONE_EVERY)


async def _wait_alone(wish: ProfileUpdateSubmission) -> float:
    """Seconds until this one stands at the gate."""
    begun = time.monotonic()
    handle = await hand_in(Kind.PROFILE_UPDATE, wish)
    await handle.wait_until_gate(timeout=_PATIENCE)
    return time.monotonic() - begun


async def _until_at_the_gate(codes: Sequence[str]) -> float:
    deadline = time.time() + _PATIENCE
    while await at_the_gate(codes) < len(codes):
        if time.time() > deadline:
            break
        await asyncio.sleep(_LOOK_EVERY)
    return time.time()


async def _until_they_wait_for_their_link(codes: Sequence[str]) -> None:
    """What is still owed then, `faults` waits for."""
    deadline = time.time() + _PATIENCE
    while await with_a_link(codes) < len(codes):
        if time.time() > deadline:
            break
        await asyncio.sleep(_LOOK_EVERY)


async def _without_run() -> int:
    query = select(func.count()).where(col(Request.flow_run_id).is_(None))
    async with transaction() as session:
        return (await session.exec(query)).one()
