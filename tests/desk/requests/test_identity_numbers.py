"""One identity number, two practitioners: never silently."""

import asyncio
from itertools import count
from typing import Any

import pytest

from desk.requests.activation import use
from desk.requests.link_views import LinkState
from desk.requests.review import Ruling, decide
from desk.requests.second_look import NotApprovable
from desk.requests.waiting import load_request
from models.constraints import AlreadyTaken
from models.database import transaction
from models.links import LinkPurpose
from models.official_register import OfficialEntry
from models.practitioners import Practitioner, find_practitioner, holders_of_identity
from rules.findings.doubts import IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED, Doubt
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.people import (
    NOURA,
    Applicant,
    employer_letter,
    luhn_number,
    official_record,
    register_applicant,
    register_people,
)
from support.racing import until_somebody_waits
from support.requests import NOW, awaiting_activation, request_at_gate, token_of

WANTED = luhn_number("77000001")
_holders = count(60_000_001)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def asks_for(number: str, *, key: str) -> tuple[Applicant, str]:
    """Somebody's request for this number, at the gate, with the official record on their side."""
    applicant = await register_applicant()
    async with transaction() as session:
        if await session.get(OfficialEntry, number) is None:
            session.add(official_record(NOURA | {"identity_number": number}))
    code = await request_at_gate(
        {
            "registration_number": applicant.registration_number,
            "changes": {"identity_number": number},
            "documents": [employer_letter(NOW.date())],
            "confirmed_by_applicant": True,
            "idempotency_key": key,
        }
    )
    return applicant, code


async def approve(code: str) -> Status:
    """Both officers approve; the status afterwards."""
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    return await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)


async def doubts(code: str) -> tuple[Doubt, ...]:
    """What the officer of this request is shown."""
    return NormalisedUpdate.from_json((await load_request(code)).normalised).warnings


async def holder(identity_number: str, *, shared: bool = False) -> str:
    """Somebody who has this number on file; returns the registration number."""
    number = str(next(_holders))
    facts = {"registration_number": number, "identity_number": identity_number}
    async with transaction() as session:
        session.add(Practitioner(**NOURA | facts, identity_number_shared=shared))
    return number


async def on_file(number: str) -> Practitioner:
    """The row as it stands now."""
    async with transaction() as session:
        return await find_practitioner(session, number)


async def change(number: str, **facts: Any) -> None:
    """Set what is on file about a practitioner."""
    async with transaction() as session:
        row = await find_practitioner(session, number, lock=True)
        for name, value in facts.items():
            setattr(row, name, value)


async def test_officers_see_whose_the_number_is_and_cannot_approve() -> None:
    """The applicant hears of no problem: whose numbers are registered is not told to strangers."""
    other = await holder(WANTED)
    _, code = await asks_for(WANTED, key="anothers-number")

    request = await load_request(code)
    assert request.status == Status.UNDER_REVIEW
    assert IDENTITY_NUMBER_HELD in request.review_reasons
    assert await doubts(code) == (Doubt(IDENTITY_NUMBER_HELD, Field.IDENTITY_NUMBER, other),)
    with pytest.raises(NotApprovable) as refused:
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    assert [found.code for found in refused.value.problems] == [IDENTITY_NUMBER_HELD]


async def test_once_the_other_record_is_corrected_the_update_can_be_approved() -> None:
    """The doubt was about the register, which is right now."""
    other = await holder(WANTED)
    _, code = await asks_for(WANTED, key="mine-after-all")
    await change(other, identity_number=luhn_number("77000002"))

    assert await approve(code) is Status.APPROVED


async def test_of_two_requests_for_one_number_only_one_is_approved() -> None:
    """The second officer is warned of the other request; the second approval is refused."""
    _, first = await asks_for(WANTED, key="the-first-asks")
    _, second = await asks_for(WANTED, key="the-second-asks")

    assert await doubts(first) == ()
    assert await doubts(second) == (Doubt(IDENTITY_NUMBER_WANTED, Field.IDENTITY_NUMBER, first),)
    assert await approve(first) is Status.APPROVED
    with pytest.raises(NotApprovable):
        await approve(second)


async def test_of_two_approvals_at_once_one_is_refused() -> None:
    """Whichever comes first."""
    codes = [(await asks_for(WANTED, key=f"asks-at-once-{name}"))[1] for name in "ab"]
    for code in codes:
        await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)

    outcomes = await asyncio.gather(
        *(
            decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
            for code in codes
        ),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["NotApprovable", "Status"]


async def test_a_number_that_somebody_got_since_the_approval_does_not_come_into_force() -> None:
    """A file was loaded meanwhile: the request is withdrawn, and the register stays right."""
    applicant, code = await asks_for(WANTED, key="somebody-was-faster")
    await approve(code)
    token = await token_of(await awaiting_activation(code))
    await holder(WANTED)

    view = await use(token, LinkPurpose.ACTIVATE, now=NOW)

    assert (view.state, view.status) == (LinkState.CLOSED, Status.WITHDRAWN)
    assert (await applicant.on_file()).identity_number != WANTED


async def test_a_number_that_is_being_loaded_in_that_moment_is_seen() -> None:
    """The activation waits for the other transaction, and finds the number taken."""
    _, code = await asks_for(WANTED, key="loaded-in-that-moment")
    await approve(code)
    token = await token_of(await awaiting_activation(code))
    number = {"registration_number": "60999999", "identity_number": WANTED}

    async with transaction() as session:
        session.add(Practitioner(**NOURA | number))
        await session.flush()
        activation = asyncio.create_task(use(token, LinkPurpose.ACTIVATE, now=NOW))
        await until_somebody_waits()
    view = await activation

    assert (view.state, view.status) == (LinkState.CLOSED, Status.WITHDRAWN)


async def test_of_two_activations_at_once_one_comes_into_force() -> None:
    """Two approvals from before the rule: the second link finds the number taken."""
    tokens = []
    for name in "ab":
        _, code = await asks_for(WANTED, key=f"approved-before-{name}")
        async with transaction() as session:
            request = await load_request(code)
            request.status = Status.APPROVED
            session.add(request)
        tokens.append(await token_of(await awaiting_activation(code)))

    views = await asyncio.gather(*(use(token, LinkPurpose.ACTIVATE, now=NOW) for token in tokens))

    assert sorted(view.status or "" for view in views) == [Status.ACTIVATED, Status.WITHDRAWN]
    async with transaction() as session:
        assert len((await holders_of_identity(session, [WANTED]))[WANTED]) == 1


async def test_the_database_holds_numbers_apart() -> None:
    """Whatever writes them."""
    await holder(WANTED)

    with pytest.raises(AlreadyTaken) as refused:
        await holder(WANTED)

    assert refused.value.constraint == "one_practitioner_per_identity_number"
    assert refused.value.field == Field.IDENTITY_NUMBER


async def test_numbers_shared_before_stay_until_one_is_corrected() -> None:
    """Such rows can be changed; with another number the row is like all others."""
    await holder(WANTED)
    other = await holder(WANTED, shared=True)

    await change(other, address="1 Elsewhere")
    assert (await on_file(other)).identity_number_shared
    await change(other, identity_number=luhn_number("77000003"))

    assert not (await on_file(other)).identity_number_shared


async def test_holders_are_found_for_many_numbers_at_once() -> None:
    """As a file is judged."""
    one = await holder(WANTED)
    other = await holder(WANTED, shared=True)

    async with transaction() as session:
        found = await holders_of_identity(
            session, [WANTED, NOURA["identity_number"], luhn_number("77000004")]
        )

    assert found == {
        WANTED: sorted([one, other]),
        NOURA["identity_number"]: [NOURA["registration_number"]],
    }
