"""What officers hold who have left goes back to the queue, by one press."""

import pytest

from desk.requests.claims import claim
from desk.requests.waiting import load_request
from models.database import transaction
from models.requests import history
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind
from support.operating import absent_put_back
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW, request_at_gate
from support.staff import has_left


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def test_only_claims_of_who_has_left_are_put_back() -> None:
    """With a line of history each; again, nothing is left to put back."""
    number = (await register_applicant()).registration_number
    other = specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    left, stays = await request_at_gate(), await request_at_gate(other)
    await claim(left, "amal", now=NOW)
    await claim(stays, "basim", now=NOW)
    await has_left("amal")

    put_back = [await absent_put_back(now=NOW) for _ in range(2)]

    request = await load_request(left)
    async with transaction() as session:
        last = (await history(session, request.id))[-1]
    assert put_back == [(left,), ()]
    assert request.claimed_by is None
    assert (await load_request(stays)).claimed_by == "basim"
    assert (last.what, last.actor_kind, last.actor) == (
        EventName.RELEASED,
        ActorKind.OPERATIONS,
        "amal",
    )
