"""How long a person waits: trigger to gate, and decision to letter, one request at a time."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from sqlmodel import col, select

from benchmarks.people import OFFICER, register_officer, register_practitioners
from benchmarks.sides import Side
from benchmarks.window import is_suspended, suspended_since
from desk.clock import utc_now
from desk.requests.handle import RequestHandle
from flows.profile_update import submit
from models.database import transaction
from models.letters import Letter
from rules.errors import Broken
from rules.profile_update.submission import ProfileUpdateSubmission
from rules.requests.statuses import Status

#: Longest wait for one step of one request, in seconds; a process worker takes 5 to 25.
PATIENCE = 120.0
#: The first look whether a run is suspended comes so many seconds after its request stands at the
#: gate, which is later than what is measured takes with our worker: looking costs the server time.
_LOOK_EVERY = 0.5
#: Multiples of it, modulo 1, spread evenly over an interval however many there are.
_GOLDEN = 0.618034


class NeverSuspended(Broken):
    """A request stands at the gate, but Prefect does not show its run suspended."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"the run of {tracking_code} was not suspended within {PATIENCE:g} s")


class LetterNotSent(Broken):
    """The mail server has not accepted a request's activation letter."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"the activation letter of {tracking_code} was not accepted")


@dataclass(frozen=True)
class Latencies:
    """Seconds, one entry for each request."""

    trigger_to_gate: list[float]
    decision_to_letter: list[float]


@dataclass(frozen=True)
class _Trip:
    handle: RequestHandle
    flow_run_id: UUID
    submitted_at: datetime
    decided_at: datetime


async def measure_latencies(
    side: Side, client: PrefectClient, how_many: int, progress: Callable[[str], None]
) -> Latencies:
    """Send so many requests through, one after the other, after one that does not count.

    From just before the submission to the run's `Suspended` state, and from just before the
    decision to the stamp on the activation letter that the mail server accepted. Both ends are read
    afterwards. Where the worker polls, requests come at instants spread over its interval.
    """
    await register_officer()
    trips = []
    for number, wish in enumerate(await register_practitioners(how_many + 1)):
        trips.append(await _trip(client, wish, side.polling_seconds * (number * _GOLDEN % 1)))
        progress(f"{side.name}: {number} of {how_many}")
    counted = trips[1:]
    gates = await suspended_since(client, [trip.flow_run_id for trip in counted])
    letters = [await _letter_sent_at(trip.handle.tracking_code) for trip in counted]
    return Latencies(
        [(gates[trip.flow_run_id] - trip.submitted_at).total_seconds() for trip in counted],
        [
            (sent_at - trip.decided_at).total_seconds()
            for trip, sent_at in zip(counted, letters, strict=True)
        ],
    )


async def _trip(client: PrefectClient, wish: ProfileUpdateSubmission, pause: float) -> _Trip:
    await asyncio.sleep(pause)
    submitted_at = utc_now()
    handle = await submit(wish)
    await handle.wait_until_gate(timeout=PATIENCE)
    flow_run_id = await _suspended_run(client, handle)
    await asyncio.sleep(pause)
    decided_at = utc_now()
    await handle.decide("approve", officer=OFFICER)
    await handle.wait_for(Status.AWAITING_ACTIVATION, timeout=PATIENCE)
    await _suspended_run(client, handle)
    return _Trip(handle, flow_run_id, submitted_at, decided_at)


async def _suspended_run(client: PrefectClient, handle: RequestHandle) -> UUID:
    for _ in range(int(PATIENCE / _LOOK_EVERY)):
        await asyncio.sleep(_LOOK_EVERY)
        flow_run_id = (await handle.look()).flow_run_id
        if flow_run_id is not None and await is_suspended(client, flow_run_id):
            return flow_run_id
    raise NeverSuspended(handle.tracking_code)


async def _letter_sent_at(tracking_code: str) -> datetime:
    request = await RequestHandle(tracking_code).look()
    async with transaction() as session:
        query = select(Letter.settled_at).where(
            col(Letter.request_id) == request.id, col(Letter.letter) == "activation"
        )
        sent_at = (await session.exec(query)).one()
    if sent_at is None:
        raise LetterNotSent(tracking_code)
    return sent_at
