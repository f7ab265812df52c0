"""The documents of a case, on a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.cases.documents import CaseDocument
from desk.requests.document_reading import read_document
from desk.requests.withdrawal import withdraw
from rules.documents.states import DocumentState
from rules.documents.words import GONE, NO_FILE, STATES
from rules.requests.document_readings import DocumentRead, Particular
from rules.requests.statuses import OF_PRACTITIONERS, Kind
from support.cards import give_card
from support.looking import looked_at
from support.naming import destroyed, naming, ready, submission
from support.people import NOURA, RAHUL, employer_letter, register_people
from support.requests import NOW, request_at_gate

AS_STATED = DocumentRead(issuer="King Salman Hospital", issued_on=NOW.date())


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()
    await give_card(NOURA["registration_number"], expires_on=NOW.date() + timedelta(days=30))


async def documents_of(code: str) -> tuple[CaseDocument, ...]:
    return (await looked_at(code)).documents


@pytest.mark.parametrize("kind", sorted(OF_PRACTITIONERS))
async def test_a_case_has_its_documents_in_the_order_in_which_they_are_stated(kind: Kind) -> None:
    """Whatever the order in which they were sent, and with or without files."""
    later, earlier = await ready(), await ready(received_at=NOW - timedelta(hours=1))
    without = employer_letter(NOW.date())
    code = await request_at_gate(
        submission(kind, naming(later), without, naming(earlier)), kind=kind
    )

    found = await documents_of(code)

    assert [one.number for one in found] == [1, 2, 3]
    assert [one.file.upload.id if one.file else None for one in found] == [
        later.id,
        None,
        earlier.id,
    ]
    assert all(one.is_of_present_round for one in found)
    assert found[1].said(NOW) == NO_FILE


async def test_what_was_read_is_beside_what_is_stated_and_never_in_its_place() -> None:
    """The last one of the round counts; each is there, with what it differs in."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    other = replace(AS_STATED, issuer="Oasis Hospital")
    await read_document(code, upload.id, "amal", other, now=NOW)
    await read_document(code, upload.id, "basim", AS_STATED, now=NOW)

    [document] = await documents_of(code)

    assert document.stated is not None
    assert document.stated.issuer == "King Salman Hospital"
    assert [(one.officer, one.differences) for one in document.readings] == [
        ("amal", (Particular.ISSUER,)),
        ("basim", ()),
    ]
    assert document.confirmed == document.readings[-1]


async def test_a_document_says_where_its_file_stands_at_each_moment() -> None:
    """Shown until its day; not shown after it, though it is not destroyed; then destroyed."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    await withdraw(code, now=NOW)
    day = NOW + timedelta(days=365)

    [kept] = await documents_of(code)
    await destroyed(upload)
    [gone] = await documents_of(code)

    assert kept.file is not None
    assert kept.file.end is not None
    assert kept.file.end.at == day
    just_before = day - timedelta(seconds=1)
    assert (kept.is_shown(just_before), kept.said(just_before)) == (
        True,
        STATES[DocumentState.READY],
    )
    assert (kept.is_shown(day), kept.said(day)) == (False, GONE)
    assert (gone.is_shown(NOW), gone.said(day)) == (False, STATES[DocumentState.DESTROYED])


async def test_the_same_file_of_another_person_is_seen_also_when_it_came_later() -> None:
    """Doubts are those of the checks; a case is of now."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    [before] = await documents_of(code)
    await ready(owner=RAHUL["registration_number"], sha256=upload.sha256)

    [after] = await documents_of(code)

    assert (before.also_sent_by, after.also_sent_by) == (None, RAHUL["registration_number"])


async def test_a_case_document_shows_nobodys_data_in_a_log() -> None:
    """Neither what is stated nor what was read."""
    upload = await ready()
    code = await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))
    await read_document(code, upload.id, "amal", AS_STATED, now=NOW)

    [document] = await documents_of(code)

    assert "King Salman" not in repr(document) + repr(document.confirmed)
