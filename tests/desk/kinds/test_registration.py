"""A first registration: who comes onto the register, and whom officers are shown beside them."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlmodel import col, func, select
from stdnum import luhn

from desk.kinds.reading import SubmissionRefused
from desk.policy import current_policy
from desk.requests import activation, review
from desk.requests.second_look import NotApprovable
from desk.requests.submission import accept
from desk.requests.waiting import load_request
from models.cards import PeriodMaker, find_card, periods_of
from models.database import transaction
from models.letters import Letter
from models.links import LinkPurpose
from models.practitioners import (
    CpdEntry,
    Practitioner,
    ProfileVersion,
    find_practitioner,
)
from models.qualifications import QualificationEntry
from rules.policy.registration import registration_number
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict
from support.cards import give_card
from support.looking import looked_at
from support.newcomers import (
    LAYLA,
    approve,
    known_officially,
    practitioner_of,
    registration,
    registration_at_gate,
    registration_to_activate,
)
from support.people import NOURA, RAHUL, register_people
from support.requests import NOW, awaiting_activation, rejected, token_of

TODAY = NOW.date()
IN_FORCE = TODAY + timedelta(days=300)
LONG_AGO = TODAY - timedelta(days=800)
AGAIN = "layla-registers-2"

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture
async def people(database: str) -> None:
    """The register, and the official one, which knows Layla too."""
    await register_people()
    await known_officially()


async def use(token: str) -> Status | None:
    """Press the activation link."""
    return (await activation.use(token, LinkPurpose.ACTIVATE, now=NOW)).status


async def doubts_of(code: str) -> set[tuple[str, str]]:
    """The doubts that officers are shown, and against what."""
    warnings = (await load_request(code)).normalised["warnings"]
    return {(each["code"], each["against"]) for each in warnings}


def as_noura(**more: Any) -> dict[str, Any]:
    """A registration with Noura's names and identity."""
    names = {name: NOURA[name] for name in NOURA if "_name_" in name}
    identity = {"identity_number": NOURA["identity_number"], "birth_date": "1988-04-17"}
    return registration(profile=names | identity, **more)


async def test_whoever_registers_is_on_the_register() -> None:
    """With a number, a card, its first period, the qualification and the hours."""
    request, token = await registration_to_activate()

    status = await use(token)

    person = await practitioner_of(request)
    async with transaction() as session:
        card = await find_card(session, person.id)
        [period] = await periods_of(session, card.id)
        hours = (await session.exec(select(func.sum(CpdEntry.hours)))).one()
        [shown] = (await session.exec(select(QualificationEntry))).all()
    assert status is Status.ACTIVATED
    assert person.name_en == "Layla Majed Fahad Alharbi"
    assert (person.mobile, person.birth_date) == ("+966551112233", date(1996, 2, 11))
    assert person.registration_number == registration_number("N", 1448, 1)
    assert (card.valid_from, card.expires_on) == (TODAY, date(2028, 11, 22))
    assert (period.made_by, period.follows) == (PeriodMaker.ISSUED, None)
    assert (hours, shown.practitioner_id) == (Decimal(8), person.id)


async def letters_to(address: str) -> list[str]:
    """The e-mails that are owed to this address."""
    async with transaction() as session:
        query = select(Letter.letter).where(col(Letter.to_address) == address)
        return list((await session.exec(query)).all())


async def test_whoever_is_on_the_register_is_led_to_sign_in() -> None:
    """At the address on file; whoever typed the number hears what everybody hears."""
    await give_card("20104567", expires_on=IN_FORCE)

    await registration_at_gate(as_noura())

    assert await letters_to(NOURA["email"]) == ["first_sign_in"]
    assert await letters_to(LAYLA["email"]) == ["received"]


async def test_nobody_s_mailbox_is_filled_by_registrations() -> None:
    """As many links as policy lets be usable at a time, whoever asks for them."""
    await give_card("20104567", expires_on=IN_FORCE)
    most = current_policy().accounts.links_at_once

    for place in range(most + 1):
        await registration_at_gate(as_noura(idempotency_key=f"again-and-again-{place}"))

    assert len(await letters_to(NOURA["email"])) == most


async def test_nobody_is_written_to_about_a_number_that_is_free() -> None:
    """And whoever comes back by it is its applicant."""
    await give_card("20104567", expires_on=LONG_AGO)

    await registration_at_gate()
    await registration_at_gate(as_noura(idempotency_key="noura-comes-back"))

    assert await letters_to(NOURA["email"]) == []


async def test_two_presses_at_once_register_once() -> None:
    """One does the work, and both get the same answer."""
    _, token = await registration_to_activate()

    found = await asyncio.gather(use(token), use(token))

    async with transaction() as session:
        query = select(func.count()).where(
            col(Practitioner.identity_number) == LAYLA["identity_number"]
        )
        assert (await session.exec(query)).one() == 1
    assert found == [Status.ACTIVATED, Status.ACTIVATED]


def one_of_many(place: int) -> dict[str, Any]:
    """Somebody from elsewhere, whom no other has anything to do with."""
    begins = f"2{place + 70:08}"
    return {
        "identity_number": begins + luhn.calc_check_digit(begins),
        "identity_kind": "iqama",
        "nationality": "IN",
        "first_name_en": f"Person{'abcde'[place]}",
        "first_name_ar": f"شخص{'ابتثج'[place]}",
        "birth_date": f"1990-01-0{place + 1}",
        "email": f"person{place}@example.org",
    }


async def test_numbers_are_issued_once_beside_each_other() -> None:
    """Five come into force at once: each has another number, without a gap."""
    tokens = []
    for place in range(1, 6):
        person = one_of_many(place - 1)
        await known_officially(LAYLA | person)
        wish = registration(profile=person, idempotency_key=f"one-of-many-{place}")
        wish["documents"].append(
            wish["documents"][0] | {"kind": "residence_card", "expires_on": "2027-11-01"}
        )
        tokens.append((await registration_to_activate(wish))[1])

    await asyncio.gather(*map(use, tokens))

    async with transaction() as session:
        query = select(Practitioner.registration_number).where(
            col(Practitioner.registration_number).startswith("N")
        )
        numbers = (await session.exec(query)).all()
    assert sorted(numbers) == [registration_number("N", 1448, place) for place in range(1, 6)]


async def test_a_number_that_a_file_brought_is_passed_over() -> None:
    """Somebody on the register has the number that would come next."""
    async with transaction() as session:
        rahul = await find_practitioner(session, RAHUL["registration_number"])
        rahul.registration_number = registration_number("N", 1448, 1)
    request, token = await registration_to_activate()

    await use(token)

    found = (await practitioner_of(request)).registration_number
    assert found == registration_number("N", 1448, 2)


async def test_all_problems_are_said_at_once_and_nothing_is_kept() -> None:
    """Fields, qualification, category and documents."""
    wish = registration(
        profile={"email": "no address", "birth_date": "2090-01-01", "rank": " "},
        category="surgeons",
        documents=[],
    )
    wish["qualification"] = wish["qualification"] | {"issued_on": "yesterday"}

    with pytest.raises(SubmissionRefused) as refused:
        await accept(Kind.REGISTRATION, wish, now=NOW)

    assert {found.field for found in refused.value.problems} == {
        "email",
        "birth_date",
        "rank",
        "category",
        "qualification.issued_on",
        "documents",
    }


async def test_an_identity_on_the_register_is_taken_in_like_any_other() -> None:
    """No stranger learns of it; officers are told whose it is."""
    await give_card(NOURA["registration_number"], expires_on=IN_FORCE)

    code = await registration_at_gate(as_noura())

    assert (await load_request(code)).status == Status.UNDER_REVIEW
    assert ("identity_number_held", NOURA["registration_number"]) in await doubts_of(code)


async def test_what_is_registered_already_is_not_approved() -> None:
    """A card that is in order is renewed, or the details are updated."""
    await give_card(NOURA["registration_number"], expires_on=IN_FORCE)
    code = await registration_at_gate(as_noura())

    with pytest.raises(NotApprovable, match="identity_number"):
        await approve(code)


async def test_of_two_registrations_of_one_person_one_is_approved() -> None:
    """Both reach the gate, and the second is refused there."""
    first = await registration_at_gate()
    second = await registration_at_gate(registration(idempotency_key=AGAIN))
    await approve(first)

    with pytest.raises(NotApprovable):
        await approve(second)

    assert ("identity_number_wanted", first) in await doubts_of(second)


async def test_a_new_identity_number_does_not_hide_who_somebody_is() -> None:
    """Rahul has a residence card on file, and registers with a national number."""
    names = {name: RAHUL[name] for name in RAHUL if "_name_" in name}
    person = LAYLA | names | {"identity_number": "1000000016", "birth_date": "1979-11-02"}
    await known_officially(person)

    code = await registration_at_gate(registration(profile=person))

    assert await doubts_of(code) == {("same_person_on_file", RAHUL["registration_number"])}


async def test_another_open_registration_of_the_same_name_is_shown() -> None:
    """With another identity number."""
    first = await registration_at_gate()
    other = {"identity_number": "1000000016", "email": "another@example.org"}
    await known_officially(LAYLA | other)

    code = await registration_at_gate(registration(profile=other, idempotency_key=AGAIN))

    assert await doubts_of(code) == {("same_person_wanted", first)}


async def test_whoever_came_onto_the_register_meanwhile_is_not_doubled() -> None:
    """A register was loaded while the link waited: the request is withdrawn, with its e-mail."""
    request, token = await registration_to_activate()
    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"])
        noura.identity_number = LAYLA["identity_number"]
    await give_card(NOURA["registration_number"], expires_on=IN_FORCE)

    status = await use(token)

    async with transaction() as session:
        query = select(Letter.letter).where(col(Letter.request_id) == request.id)
        assert "withdrawn" in (await session.exec(query)).all()
    assert status is Status.WITHDRAWN


async def test_whoever_lapsed_comes_back_to_their_old_record() -> None:
    """Row and number stay; the card goes on from today, and history says from what to what."""
    await give_card(NOURA["registration_number"], expires_on=LONG_AGO)
    request, token = await registration_to_activate(as_noura())
    shown = await looked_at(request.tracking_code)

    await use(token)

    person = await practitioner_of(request)
    async with transaction() as session:
        card = await find_card(session, person.id)
        [version] = (await session.exec(select(ProfileVersion))).all()
        people = (await session.exec(select(func.count()).select_from(Practitioner))).one()
    assert (person.registration_number, people) == (NOURA["registration_number"], 2)
    assert (card.valid_from, card.expires_on) == (TODAY, date(2028, 11, 22))
    assert version.changes["employer"] == {"from": NOURA["employer"], "to": "Eastern Hospital"}
    assert shown.proposed is not None
    assert {each.on_file for each in shown.proposed.changes} >= {NOURA["employer"], NOURA["email"]}
    assert await doubts_of(request.tracking_code) == {
        ("registered_before", NOURA["registration_number"])
    }


async def test_whoever_was_rejected_may_apply_again() -> None:
    """The request before is closed, and stands in nobody's way."""
    await rejected(await registration_at_gate(), NOW)

    code = await registration_at_gate(registration(idempotency_key=AGAIN))
    await approve(code)

    assert await doubts_of(code) == set()
    assert await use(await token_of(await awaiting_activation(code))) is Status.ACTIVATED


async def test_a_registration_is_returned_for_what_it_gives() -> None:
    """Also for what is no field of a profile."""
    code = await registration_at_gate()
    ruling = review.Ruling(
        verdict=Verdict.RETURN, officer="amal", reason_code="unclear", fields=["qualification"]
    )

    await review.decide(code, ruling, now=NOW)

    found = await load_request(code)
    assert found.status == Status.RETURNED
    assert [each["field"] for each in found.corrections] == ["qualification"]
