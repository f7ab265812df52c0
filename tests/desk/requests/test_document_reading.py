"""What officers read in documents, and what it does to their approvals."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from desk.kinds.registry import kind_of
from desk.requests.document_reading import read_document
from desk.requests.landing import land, put_down
from desk.requests.review import Ruling, decide
from desk.requests.second_look import NotApprovable
from desk.requests.submission import resubmit
from desk.requests.waiting import load_request
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.documents.door import CLOCK, OWNER, Ending, move_upload
from models.documents.readings import DocumentReading
from models.practitioners import find_practitioner
from models.requests import find_request
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.requests.correctable import Correctable
from rules.requests.document_readings import UNREADABLE, DocumentRead, Particular
from rules.requests.documents import DocumentOnRequest
from rules.requests.landing import Landing
from rules.requests.statuses import OF_PRACTITIONERS, Kind, Status
from rules.requests.verdicts import Verdict
from rules.values.document_kind import DocumentKind
from support.cards import give_card
from support.naming import naming, ready, submission
from support.people import NOURA, RAHUL, employer_letter, register_people, specialty_change
from support.policies import policy_with
from support.racing import until_somebody_waits
from support.requests import NOW, request_at_gate
from tasks.steps.validation import validate

TODAY = NOW.date()
#: The letter of `support.people`, as it is stated.
AS_STATED = DocumentRead(issuer="King Salman Hospital", issued_on=TODAY)
OLD = DocumentRead(issuer="King Salman Hospital", issued_on=date(2026, 8, 22))
OLD_ENOUGH = DocumentRead(issuer="King Salman Hospital", issued_on=date(2026, 8, 23))
READS_REQUIRED = ('officer_reads = "optional"', 'officer_reads = "required"')


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=TODAY + timedelta(days=30))


async def at_gate(upload: Upload, kind: Kind = Kind.PROFILE_UPDATE, *more: Any) -> str:
    """A request that names it."""
    return await request_at_gate(submission(kind, naming(upload), *more), kind=kind)


async def read(code: str, upload: Upload | str, reading: DocumentRead, **more: Any) -> Any:
    """What amal read, or whom `more` names."""
    id_ = upload if isinstance(upload, str) else upload.id
    return await read_document(
        code, id_, more.pop("officer", "amal"), reading, **{"now": NOW} | more
    )


async def approve(code: str, officer: str = "amal") -> Status:
    return await decide(code, Ruling(verdict=Verdict.APPROVE, officer=officer), now=NOW)


async def refused(approving: Awaitable[Status]) -> list[tuple[str, str]]:
    """Why an approval is refused; the request stays at the gate."""
    with pytest.raises(NotApprovable) as error:
        await approving
    assert (await load_request(error.value.tracking_code)).status is Status.UNDER_REVIEW
    return [(found.field, found.code) for found in error.value.problems]


async def lines() -> list[DocumentReading]:
    async with transaction() as session:
        query = select(DocumentReading).order_by(col(DocumentReading.id))
        return list((await session.exec(query)).all())


async def stated(code: str) -> DocumentOnRequest:
    request = await load_request(code)
    return kind_of(request).documents(request)[0]


async def test_what_was_read_is_kept_beside_what_is_stated() -> None:
    """One line: who, when, in which round, what; the statement stays as it was."""
    upload = await ready()
    code = await at_gate(upload)
    before = await stated(code)

    differ = await read(code, upload, replace(OLD_ENOUGH, issuer="Oasis Hospital"))

    [line] = await lines()
    assert (line.upload_id, line.round, line.officer, line.read_at) == (upload.id, 1, "amal", NOW)
    assert line.reading() == replace(OLD_ENOUGH, issuer="Oasis Hospital")
    assert differ == (Particular.ISSUER, Particular.ISSUED_ON)
    assert await stated(code) == before


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_letter_that_was_read_as_too_old_is_not_approved(kind: Kind) -> None:
    """Three months, to the day, of what the letter shows; it can be returned instead."""
    upload = await ready()
    code = await at_gate(upload, kind)
    await read(code, upload, OLD)

    assert await refused(approve(code)) == [("documents[0].issued_on", "employer_letter_too_old")]
    back = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="document_not_accepted",
        fields=[Correctable("documents")],
    )
    assert await decide(code, back, now=NOW) is Status.RETURNED


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_what_was_read_within_the_rules_is_approved_though_it_differs(kind: Kind) -> None:
    """A day later than the first day that is too old."""
    upload = await ready()
    code = await at_gate(upload, kind)
    await read(code, upload, OLD_ENOUGH)

    assert await approve(code) is Status.APPROVED


async def test_a_report_that_was_read_as_of_ones_own_employer_is_not_approved() -> None:
    """Noura states another institution; her report says King Salman Hospital."""
    async with transaction() as session:
        noura = await find_practitioner(session, NOURA["registration_number"], lock=True)
        noura.birth_date = date(1950, 1, 1)
    report = await ready(kind=DocumentKind.MEDICAL_REPORT)
    shown = naming(report, kind="medical_report", issuer="Oasis Clinic")
    code = await at_gate(await ready(), Kind.PROFILE_UPDATE, shown)
    await read(code, report, AS_STATED)

    assert await refused(approve(code)) == [("documents[1].issuer", "medical_report_own_employer")]


async def test_a_card_that_was_read_as_expired_is_not_approved() -> None:
    """Rahul states another day."""
    number = RAHUL["registration_number"]
    card = await ready(owner=number, kind=DocumentKind.RESIDENCE_CARD)
    shown = naming(card, kind="residence_card", expires_on="2028-01-01")
    document = specialty_change(
        TODAY, registration_number=number, documents=[employer_letter(TODAY), shown]
    )
    code = await request_at_gate(document)
    ended = replace(AS_STATED, issued_on=date(2025, 1, 1), expires_on=TODAY - timedelta(days=1))
    await read(code, card, ended)

    assert await refused(approve(code)) == [("documents[1].expires_on", "residence_card_expired")]


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_what_cannot_be_read_is_not_approved(kind: Kind) -> None:
    """Whatever its owner states."""
    upload = await ready()
    code = await at_gate(upload, kind)
    await read(code, upload, UNREADABLE)

    assert await refused(approve(code)) == [("documents[0].id", "document_read_as_unreadable")]


async def test_the_last_reading_of_a_round_counts_and_each_is_kept() -> None:
    """Two officers read a letter differently; whoever was wrong can put it right."""
    upload = await ready()
    code = await at_gate(upload)

    await read(code, upload, AS_STATED)
    await read(code, upload, OLD, officer="basim")
    second = await refused(approve(code))
    await read(code, upload, AS_STATED, officer="basim")

    assert [code for _, code in second] == ["employer_letter_too_old"]
    assert await approve(code) is Status.APPROVED
    assert [line.officer for line in await lines()] == ["amal", "basim", "basim"]


async def test_what_the_second_officer_reads_stops_the_second_approval() -> None:
    """Four eyes: the first has approved what the second reads otherwise."""
    upload = await ready()
    code = await at_gate(upload)
    async with transaction() as session:
        (await find_request(session, code, lock=True)).approvals_needed = 2

    await approve(code)
    await read(code, upload, OLD, officer="basim")

    assert [code for _, code in await refused(approve(code, "basim"))] == [
        "employer_letter_too_old"
    ]


async def test_where_policy_asks_for_it_nobody_approves_what_nobody_has_read(
    tmp_path: Path,
) -> None:
    """Of each document that has a file; one without is judged by what is stated."""
    first, second = await ready(), await ready()
    without = employer_letter(TODAY)
    code = await at_gate(first, Kind.PROFILE_UPDATE, naming(second), without)

    with policy_with(tmp_path, READS_REQUIRED):
        none = await refused(approve(code))
        await read(code, first, AS_STATED)
        one = await refused(approve(code))
        await read(code, second, AS_STATED)
        assert await approve(code) is Status.APPROVED

    assert none == [
        ("documents[0].id", "document_not_read"),
        ("documents[1].id", "document_not_read"),
    ]
    assert one == [("documents[1].id", "document_not_read")]


async def test_the_readings_of_an_earlier_round_do_not_count(tmp_path: Path) -> None:
    """The correction keeps the document; an officer looks at it again."""
    upload = await ready()
    code = await at_gate(upload)
    await read(code, upload, AS_STATED)
    back = Ruling(
        verdict=Verdict.RETURN,
        officer="amal",
        reason_code="unclear",
        fields=[Correctable("specialty")],
    )
    await decide(code, back, now=NOW)
    await resubmit(code, submission(Kind.PROFILE_UPDATE, naming(upload)), now=NOW)
    await validate.task.fn(code)

    with policy_with(tmp_path, READS_REQUIRED):
        found = await refused(approve(code))

    assert found == [("documents[0].id", "document_not_read")]


@pytest.mark.parametrize("state", [DocumentState.REPLACED, DocumentState.DESTROYED])
async def test_what_is_not_there_any_more_is_not_approved(state: DocumentState) -> None:
    """However it came so: nobody can look at what is decided on."""
    upload = await ready()
    code = await at_gate(upload)
    gone = state is DocumentState.DESTROYED
    async with transaction() as session:
        row = await find_upload(session, upload.id, lock=True)
        ending = Ending(EndRule.UNUSED) if gone else None
        await move_upload(session, row, state, by=CLOCK if gone else OWNER, now=NOW, ending=ending)

    assert await refused(approve(code)) == [("documents[0].id", "document_gone")]


async def test_an_approval_that_waited_does_not_land_on_a_replaced_document() -> None:
    """Its officer looked at another one."""
    upload = await ready()
    code = await at_gate(upload)
    lands_at = await put_down(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)
    async with transaction() as session:
        row = await find_upload(session, upload.id, lock=True)
        await move_upload(session, row, DocumentState.REPLACED, by=OWNER, now=NOW)

    assert lands_at is not None
    assert await land(code, now=lands_at) is Landing.NOT_APPROVABLE
    assert (await load_request(code)).status is Status.UNDER_REVIEW


async def test_an_approval_waits_for_whoever_moves_one_of_its_documents() -> None:
    """And is refused by what became of it."""
    upload = await ready()
    code = await at_gate(upload)

    async with transaction() as session:
        row = await find_upload(session, upload.id, lock=True)
        approving = asyncio.create_task(refused(approve(code)))
        await until_somebody_waits()
        await move_upload(session, row, DocumentState.REPLACED, by=OWNER, now=NOW)

    assert await approving == [("documents[0].id", "document_gone")]


async def test_a_reading_that_lands_before_an_approval_counts_for_it() -> None:
    """Both take the request's row: none is half seen."""
    upload = await ready()
    code = await at_gate(upload)
    async with transaction() as session:
        await find_request(session, code, lock=True)
        reading = asyncio.create_task(read(code, upload, OLD, officer="basim"))
        await until_somebody_waits()
        approving = asyncio.create_task(refused(approve(code)))
        # Behind the other, who has the row's place: who comes later may find it free, and be first.
        await until_somebody_waits(lock="tuple")

    await reading
    assert [code for _, code in await approving] == ["employer_letter_too_old"]
