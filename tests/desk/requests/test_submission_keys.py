"""An idempotency key belongs to a person, and to every content that it was accepted with."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import select

from desk.requests.accepting import IdempotencyKeyReused
from desk.requests.review import Ruling, decide
from desk.requests.submission import NotReturned, accept, resubmit
from desk.requests.waiting import load_request
from models.database import transaction
from models.submission_keys import SubmissionKey
from rules.register.fields import Field
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.people import RAHUL, contact_change, register_people, specialty_change
from support.requests import NOW, request_at_gate
from tasks.steps.validation import validate

FIRST = specialty_change(NOW.date())
CORRECTED = specialty_change(NOW.date()) | {"changes": {"specialty": "intensive care nursing"}}
OTHER = specialty_change(NOW.date()) | {"changes": {"specialty": "emergency nursing"}}
RAHULS = contact_change(
    registration_number=RAHUL["registration_number"], idempotency_key=FIRST["idempotency_key"]
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def returned() -> str:
    """A request that an officer returned."""
    code = await request_at_gate(FIRST)
    ruling = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        fields=[Field.SPECIALTY],
    )
    await decide(code, ruling, now=NOW)
    return code


async def corrected(correction: dict[str, Any] = CORRECTED) -> str:
    """The same request after its correction."""
    code = await returned()
    await resubmit(code, correction, now=NOW)
    return code


async def rejected() -> str:
    """The same request, corrected and ended."""
    code = await corrected()
    await validate.task.fn(code)
    ruling = Ruling(verdict=Verdict.REJECT, officer="amal", reason_code="not_eligible")
    await decide(code, ruling, now=NOW)
    return code


async def submit(document: dict[str, Any]) -> str:
    return (await accept(Kind.PROFILE_UPDATE, document, now=NOW)).tracking_code


@pytest.mark.parametrize("stage", [corrected, rejected])
@pytest.mark.parametrize("document", [OTHER, RAHULS], ids=["other content", "other person"])
async def test_after_a_correction_other_content_is_refused(
    stage: Any, document: dict[str, Any]
) -> None:
    """Nobody gets somebody else's tracking code for a submission that is thrown away."""
    await stage()

    with pytest.raises(IdempotencyKeyReused):
        await submit(document)


@pytest.mark.parametrize("stage", [corrected, rejected])
@pytest.mark.parametrize("document", [FIRST, CORRECTED], ids=["first", "corrected"])
async def test_the_content_of_any_round_is_the_same_request(
    stage: Any, document: dict[str, Any]
) -> None:
    """A delivery that comes late finds the request that it made, and changes nothing."""
    code = await stage()
    before = await load_request(code)

    assert await submit(document) == code
    assert await load_request(code) == before


async def test_a_key_that_came_with_a_correction_belongs_to_the_request() -> None:
    """A client that makes a key for each delivery finds the request by any of them."""
    own = CORRECTED | {"idempotency_key": "noura-specialty-2"}
    code = await corrected(own)

    assert await submit(own) == code
    with pytest.raises(IdempotencyKeyReused):
        await submit(OTHER | {"idempotency_key": "noura-specialty-2"})


@pytest.mark.parametrize("is_older", [False, True])
async def test_a_correction_under_the_key_of_another_request_is_refused(*, is_older: bool) -> None:
    """The request stays returned, as it was; also where the other is older than the keys' table."""
    await submit(RAHULS | {"idempotency_key": "rahul-mobile-1"})
    if is_older:
        async with transaction() as session:
            await session.exec(delete(SubmissionKey))
    code = await returned()

    with pytest.raises(IdempotencyKeyReused):
        await resubmit(code, CORRECTED | {"idempotency_key": "rahul-mobile-1"}, now=NOW)

    assert (await load_request(code)).status == Status.RETURNED


@pytest.mark.parametrize("document", [FIRST, CORRECTED], ids=["first", "corrected"])
async def test_a_correction_delivered_again_later_changes_nothing(document: dict[str, Any]) -> None:
    """Also when the request has gone on since."""
    code = await corrected()
    await validate.task.fn(code)

    await resubmit(code, document, now=NOW)

    assert (await load_request(code)).status == Status.UNDER_REVIEW


async def test_another_correction_is_refused_once_the_request_went_on() -> None:
    """Only what was accepted is a repetition."""
    code = await corrected()

    with pytest.raises(NotReturned):
        await resubmit(code, OTHER, now=NOW)


async def test_returned_content_may_be_handed_in_again_as_it_is() -> None:
    """An applicant may insist; the officer looks again."""
    code = await returned()

    await resubmit(code, FIRST, now=NOW)

    request = await load_request(code)
    assert (request.status, request.round) == (Status.SUBMITTED, 2)


async def test_of_two_corrections_at_once_one_is_taken() -> None:
    """The other one is told that the request is not returned any more."""
    code = await returned()

    outcomes = await asyncio.gather(
        *(resubmit(code, document, now=NOW) for document in (CORRECTED, OTHER)),
        return_exceptions=True,
    )

    assert sorted(map(str, map(type, outcomes))) == sorted(map(str, (type(None), NotReturned)))
    assert (await load_request(code)).round == 2


async def test_one_key_for_two_people_at_once_is_one_persons() -> None:
    """Ten deliveries of each: one person has the key, the other one is told every time."""
    hers = contact_change(idempotency_key=RAHULS["idempotency_key"])

    outcomes = await asyncio.gather(
        *(submit(document) for document in (hers, RAHULS) for _ in range(10)),
        return_exceptions=True,
    )

    codes = [found for found in outcomes if isinstance(found, str)]
    assert (len(codes), len(set(codes))) == (10, 1)
    assert all(isinstance(found, str | IdempotencyKeyReused) for found in outcomes)


async def test_a_new_key_for_a_correction_and_a_submission_at_once_is_one_requests() -> None:
    """Whichever comes first has it."""
    code = await returned()
    key = {"idempotency_key": "a-key-for-two"}

    outcomes = await asyncio.gather(
        resubmit(code, CORRECTED | key, now=NOW), submit(RAHULS | key), return_exceptions=True
    )

    assert sum(isinstance(found, IdempotencyKeyReused) for found in outcomes) == 1
    async with transaction() as session:
        keys = (await session.exec(select(SubmissionKey))).all()
    assert len([found for found in keys if found.idempotency_key == "a-key-for-two"]) == 1


async def test_a_request_from_before_keys_were_kept_knows_its_last_content() -> None:
    """Its earlier contents are not known: they are refused rather than taken for others."""
    code = await corrected()
    async with transaction() as session:
        await session.exec(delete(SubmissionKey))

    assert await submit(CORRECTED) == code
    for document in (FIRST, OTHER, RAHULS):
        with pytest.raises(IdempotencyKeyReused):
            await submit(document)


async def test_a_member_that_is_left_out_is_the_same_as_none() -> None:
    """A client's new version may name members that it does not fill."""
    code = await submit(contact_change())

    assert await submit(contact_change(preferred_language=None)) == code
