"""Many requests at once, all decided at once: how soon is the last e-mail accepted?"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.people import OFFICER, register_officer, register_practitioners
from benchmarks.whole_pipeline.engine import Running
from benchmarks.whole_pipeline.truth import at_the_gate, faults, last_taken
from desk.requests.handle import RequestHandle, hand_in
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.statuses import Kind

#: "We have received it", and the activation link.
LETTERS_EACH = 2
#: Seconds that they get: so many, and so many for each request.
_PATIENCE, _PATIENCE_EACH = 60.0, 3.0
_LOOK_EVERY = 0.05


@dataclass(frozen=True)
class Singles:
    """What became of them, in seconds."""

    requests: int
    #: From the first submission until all are accepted.
    accepted: float
    #: From the first submission until all stand at the gate.
    at_gate: float
    #: From the first decision until all are recorded.
    decided: float
    #: From the first decision until the last e-mail is accepted.
    to_last_letter: float
    #: From the first submission until the last e-mail is accepted.
    whole: float
    #: What was lost, crashed, doubled or left out; there must be none.
    faults: tuple[str, ...]

    @property
    def per_second(self) -> float:
        """Requests from submission to e-mail, a second."""
        return self.requests / self.whole


async def measure_singles(
    running: Running, how_many: int, progress: Callable[[str], None]
) -> Singles:
    """Carry so many at once, after one that does not count.

    Nobody waits for a machine: officers decide when all stand at the gate, all in one instant.
    """
    await register_officer()
    await _carry(running, await register_practitioners(1))
    found = await _carry(running, await register_practitioners(how_many))
    progress(f"{running.name}: {found.per_second:.1f} requests a second")
    return found


async def _carry(running: Running, wishes: Sequence[ProfileUpdateSubmission]) -> Singles:
    engine, post, how_many = running.engine, running.post, len(wishes)
    deadline = time.time() + _PATIENCE + _PATIENCE_EACH * how_many
    letters = post.count() + LETTERS_EACH * how_many

    async def submit(wish: ProfileUpdateSubmission) -> RequestHandle:
        handle = await hand_in(Kind.PROFILE_UPDATE, wish)
        await engine.begin(handle.tracking_code)
        return handle

    async def decide(handle: RequestHandle) -> None:
        await handle.decide("approve", officer=OFFICER)
        await engine.decided(handle.tracking_code)

    begun = time.time()
    handles = await asyncio.gather(*map(submit, wishes))
    accepted = time.time()
    codes = [handle.tracking_code for handle in handles]
    gate = await _at_the_gate(codes, deadline)
    # A request that is not there yet is among the faults.
    refused = await asyncio.gather(*map(decide, handles), return_exceptions=True)
    decided = time.time()
    await post.wait_for(letters, within=deadline - decided)
    wrong = await faults(codes, post)
    ended = await last_taken(codes, post)
    return Singles(
        requests=how_many,
        accepted=accepted - begun,
        at_gate=gate - begun,
        decided=decided - gate,
        to_last_letter=ended - gate,
        whole=ended - begun,
        faults=(*wrong, *{f"{type(each).__name__}: {each}" for each in refused if each}),
    )


async def _at_the_gate(codes: Sequence[str], deadline: float) -> float:
    """When all stood there, or time was up."""
    while await at_the_gate(codes) < len(codes):
        if time.time() > deadline:
            break
        await asyncio.sleep(_LOOK_EVERY)
    return time.time()
