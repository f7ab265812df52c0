"""The case that an officer decides, on a real database."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from desk.cases import case as case_module
from desk.cases.case import MOST_OTHERS, Case
from desk.looks import Looker, note_look
from desk.officers import OwnRequest
from desk.requests.activation import use
from desk.requests.review import Ruling, decide
from desk.requests.submission import accept, resubmit
from models.access_log import AccessLine
from models.database import transaction
from models.links import LinkPurpose
from models.officers import Officer
from models.official_register import OfficialEntry
from models.practitioners import find_practitioner
from models.requests import Request, RequestUnknown, find_request
from rules.findings.doubts import Doubt
from rules.register.fields import Field
from rules.requests.events import EventName
from rules.requests.proposed import Change
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Origin, Verdict
from support.cards import give_card, renewal
from support.looking import looked_at
from support.people import (
    NOURA,
    RAHUL,
    contact_change,
    employer_letter,
    register_people,
    specialty_change,
)
from support.requests import NOW, request_at_gate, request_awaiting_activation
from tasks.steps.validation import validate

NEW_NAME = {
    "registration_number": NOURA["registration_number"],
    "changes": {"family_name_en": "Alharbi", "mobile": "0551112233"},
    "documents": [employer_letter(NOW.date())],
    "confirmed_by_applicant": True,
    "idempotency_key": "noura-family-name",
}
RETURN = Ruling(
    verdict=Verdict.RETURN,
    officer="amal",
    reason_code="unclear",
    note="Which hospital?",
    fields=[Field.SPECIALTY],
)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def officially(**parts: str) -> None:
    """What the official register holds about Noura by now."""
    async with transaction() as session:
        row = await session.get_one(OfficialEntry, NOURA["identity_number"])
        row.record = row.record | parts


async def renewal_at_gate() -> str:
    """Noura's renewal, with its card."""
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))
    return await request_at_gate(renewal(NOW.date()), kind=Kind.CARD_RENEWAL)


def facts_of(case: Case) -> dict[str, str]:
    """The case's facts, by their English labels."""
    assert case.proposed is not None
    return {fact.label.en: fact.value.en for fact in case.proposed.facts}


def changes_of(case: Case) -> tuple[Change, ...]:
    """What the case changes."""
    assert case.proposed is not None
    return case.proposed.changes


async def test_the_case_says_whose_it_is() -> None:
    """By both names and the number, with the language that the e-mails are in."""
    case = await looked_at(await request_at_gate())

    person = case.person
    assert person.registration_number == NOURA["registration_number"]
    assert person.name_en == "Noura Salem Hamad Alqahtani"
    assert person.name_ar == "نورة سالم حمد القحطاني"
    assert case.language == "ar"


async def test_a_change_stands_beside_what_is_on_file() -> None:
    """Nobody asked the official register about a specialty, so nothing of it is shown."""
    case = await looked_at(await request_at_gate())

    assert changes_of(case) == (Change(Field.SPECIALTY, "nursing", "critical care nursing", None),)


async def test_a_changed_name_stands_beside_the_official_record() -> None:
    """As the register answered when it was validated; it does not hold a mobile number."""
    await officially(family_name_en="AL-ḤARBI")
    code = await request_at_gate(NEW_NAME)
    await officially(family_name_en="Another by now")

    case = await looked_at(code)

    assert changes_of(case) == (
        Change(Field.FAMILY_NAME_EN, "Alqahtani", "Alharbi", "AL-ḤARBI"),
        Change(Field.MOBILE, NOURA["mobile"], "+966551112233", None),
    )


async def test_a_doubt_says_what_was_asked_for_and_what_stands_against_it() -> None:
    """For the officer alone."""
    await officially(family_name_en="AL-ḤARBI")

    case = await looked_at(await request_at_gate(NEW_NAME))

    assert case.proposed is not None
    [raised] = case.proposed.doubts
    assert raised.requested == "Alharbi"
    assert raised.doubt == Doubt("official_record_spelling", Field.FAMILY_NAME_EN, "AL-ḤARBI")


async def test_what_is_added_and_the_documents_particulars_are_in_the_case() -> None:
    """A certificate and an employer's letter, by the digest of its file."""
    case = await looked_at(await request_at_gate())

    assert case.proposed is not None
    assert [entry.title for entry in case.proposed.certificates] == ["Critical care course"]
    assert [(one.kind, one.sha256) for one in case.proposed.documents] == [
        ("employer_letter", "ab" * 32)
    ]
    assert case.proposed.experience == ()
    assert case.proposed.facts == ()


async def test_a_renewal_shows_its_plan_and_changes_no_field() -> None:
    """The card, the years, the hours, the money; no official record."""
    case = await looked_at(await renewal_at_gate())

    expires_on: date = NOW.date() + timedelta(days=30)
    assert facts_of(case) == {
        "Card expires on": expires_on.isoformat(),
        "Renewed for": "2 years",
        "CPD hours": "30.00 of 30",
        "Fee": "Renewal fee: 240.00 SAR.",
        "Fine": "There is no fine for lateness.",
    }
    assert changes_of(case) == ()
    assert [one.kind for one in case.proposed.documents] == ["employer_letter"]  # type: ignore[union-attr]


async def test_until_the_rules_have_seen_it_nobody_knows_what_it_would_bring() -> None:
    """What was submitted is as typed: no officer decides on that."""
    request = await accept(Kind.PROFILE_UPDATE, specialty_change(NOW.date()), now=NOW)

    case = await looked_at(request.tracking_code)

    assert (case.proposed, case.as_kept) == (None, None)
    assert case.progress.request.status == Status.SUBMITTED
    assert case.round.begun_by == EventName.SUBMITTED


async def test_what_the_checks_sent_back_does_not_show_the_round_before() -> None:
    """The row still holds what the first round would have brought."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)
    name = specialty_change(NOW.date(), idempotency_key="noura-second") | {
        "changes": {"family_name_en": "Alharbi"}
    }
    await resubmit(code, name, now=NOW)
    await validate.task.fn(code)

    case = await looked_at(code)

    assert (case.progress.request.status, case.progress.request.round) == (Status.RETURNED, 2)
    assert [found.code for found in case.progress.corrections] == ["official_record_differs"]
    assert case.proposed is None


async def test_the_rounds_tell_who_decided_and_why() -> None:
    """Returned, corrected, approved by one of two: who decided, and how many are missing."""
    code = await request_at_gate()
    await decide(code, RETURN, now=NOW)
    await resubmit(code, specialty_change(NOW.date(), idempotency_key="noura-second"), now=NOW)
    await validate.task.fn(code)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)

    case = await looked_at(code)

    first, second = case.rounds
    [returned], [approved] = first.decisions, second.decisions
    assert (first.outcome, first.reason_code) == (Status.RETURNED, "unclear")
    assert (returned.officer, returned.note) == ("amal", "Which hospital?")
    assert (returned.origin, returned.decided_at) == (Origin.PYTHON, NOW)
    assert (approved.officer, approved.verdict) == ("basim", Verdict.APPROVE)
    assert case.round == second
    assert (case.gate.approvals, case.gate.approvals_missing) == (1, 1)


async def test_the_other_requests_of_the_person_are_named_newest_first() -> None:
    """By where they stand; not this one, and nobody else's."""
    older = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW - timedelta(days=9))
    await validate.task.fn(older.tracking_code)
    await withdrawn(older.tracking_code)
    code = await request_at_gate()
    newer = await renewal_at_gate()
    rahul = {"registration_number": RAHUL["registration_number"], "idempotency_key": "rahul-mobile"}
    await accept(Kind.PROFILE_UPDATE, contact_change(**rahul), now=NOW)

    case = await looked_at(code)

    assert [other.tracking_code for other in case.others] == [newer, older.tracking_code]
    assert case.others[1].status == Status.WITHDRAWN
    assert len(case.others) < MOST_OTHERS


async def withdrawn(code: str) -> None:
    """Out of the way: one open request of a kind is what a person may have."""
    async with transaction() as session:
        (await find_request(session, code, lock=True)).status = Status.WITHDRAWN


async def test_once_it_is_in_force_the_case_still_says_what_was_on_file() -> None:
    """And not the new value twice."""
    code, token = await request_awaiting_activation(contact_change())
    await use(token, LinkPurpose.ACTIVATE, now=NOW)

    case = await looked_at(code)

    assert case.progress.request.status == Status.ACTIVATED
    assert changes_of(case) == (Change(Field.MOBILE, NOURA["mobile"], "+966551112233", None),)


async def test_a_case_that_is_printed_shows_nobody_s_data() -> None:
    """In a log or a traceback it is a name and nothing more."""
    case = await looked_at(await request_at_gate())

    parts: list[Any] = [case, case.person, case.proposed, *case.rounds, *changes_of(case)]
    told = " ".join(map(repr, parts))

    assert "Noura" not in told
    assert "nursing" not in told


async def test_reading_a_case_changes_nothing() -> None:
    """Neither the row nor its history."""
    code = await request_at_gate()
    before = await looked_at(code)

    after = await looked_at(code)

    assert after.progress == before.progress
    assert after.gate == before.gate


async def test_a_request_from_before_has_no_official_record() -> None:
    """It was compared, and nobody kept with what: the column stays empty."""
    await officially(family_name_en="Alharbi")
    code = await request_at_gate(NEW_NAME)
    async with transaction() as session:
        row: Request = await find_request(session, code, lock=True)
        row.official_record = None

    case = await looked_at(code)

    assert {change.official for change in changes_of(case)} == {None}


async def test_an_officer_reads_no_case_of_their_own() -> None:
    """What colleagues say of it is not for them; anybody else of the house reads it."""
    code = await request_at_gate()
    async with transaction() as session:
        own = await find_practitioner(session, NOURA["registration_number"])
        (await session.get_one(Officer, "rahul")).practitioner_id = own.id

    with pytest.raises(OwnRequest):
        await case_module.read_case(code, by=Looker.officer("rahul"), now=NOW)
    case = await case_module.read_case(code, by=Looker.officer("amal"), now=NOW)

    assert case.gate.tracking_code == code


async def test_a_case_says_what_it_can_be_returned_for() -> None:
    """In one order, and nothing that the request leaves as it is."""
    update = await looked_at(await request_at_gate())
    renewed = await looked_at(await renewal_at_gate())

    assert list(update.correctable) == ["specialty", "certificates", "documents"]
    assert list(renewed.correctable) == ["documents"]


async def test_a_code_that_nobody_has_is_said() -> None:
    """As everywhere."""
    with pytest.raises(RequestUnknown):
        await looked_at("K7Q2-M9XD")


async def test_a_request_that_moves_under_the_look_is_looked_at_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line of the look names a row that changed since the picture began; one line is left."""
    code = await request_at_gate()
    moves = [1]

    async def note(*arguments: Any, **facts: Any) -> None:
        if moves:
            async with transaction() as session:
                row = await find_request(session, code, lock=True)
                row.status_since = NOW + timedelta(minutes=moves.pop())
        await note_look(*arguments, **facts)

    monkeypatch.setattr(case_module, "note_look", note)

    case = await looked_at(code)

    assert case.progress.request.status_since == NOW + timedelta(minutes=1)
    async with transaction() as session:
        assert len((await session.exec(select(AccessLine))).all()) == 1
