"""Who may note what a document shows, and when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from desk.officers import OwnRequest
from desk.requests.at_the_gate import ClaimedByAnother, ReviewAlreadyDecided
from desk.requests.claims import claim
from desk.requests.document_reading import ReadingRefused, read_document
from desk.requests.review import Ruling, decide
from desk.requests.second_look import ChangedSinceReview
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown
from models.documents.readings import DocumentReading
from models.officers import OfficerUnknown
from rules.requests.document_readings import DocumentRead
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from support.naming import naming, ready, submission
from support.people import RAHUL, employer_letter, register_people, specialty_change
from support.requests import NOW, request_at_gate

TODAY = NOW.date()
AS_STATED = DocumentRead(issuer="King Salman Hospital", issued_on=TODAY)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def at_gate(upload: Upload) -> str:
    return await request_at_gate(submission(Kind.PROFILE_UPDATE, naming(upload)))


async def read(code: str, upload_id: str, **more: Any) -> None:
    """As it is stated, by amal, but for `more`."""
    said = {"officer": "amal", "reading": AS_STATED, "now": NOW} | more
    await read_document(code, upload_id, **said)


async def nothing_is_noted() -> bool:
    async with transaction() as session:
        return not (await session.exec(select(DocumentReading))).all()


async def test_a_document_is_read_at_the_gate_alone() -> None:
    """What is decided is decided."""
    upload = await ready()
    code = await at_gate(upload)
    await decide(code, Ruling(verdict=Verdict.APPROVE, officer="amal"), now=NOW)

    with pytest.raises(ReviewAlreadyDecided):
        await read(code, upload.id)

    assert await nothing_is_noted()


async def test_only_the_documents_of_the_request_are_read() -> None:
    """Neither another upload of the same person nor a text that is none."""
    code = await at_gate(await ready())

    for id_ in ((await ready()).id, "0" * 32, "\0", ""):
        with pytest.raises(UploadUnknown):
            await read(code, id_)
    assert await nothing_is_noted()


async def test_nobody_reads_the_documents_of_their_own_request() -> None:
    """Rahul is an officer and a practitioner."""
    number = RAHUL["registration_number"]
    upload = await ready(owner=number)
    card = employer_letter(TODAY) | {"kind": "residence_card", "expires_on": "2028-01-01"}
    code = await request_at_gate(
        specialty_change(TODAY, registration_number=number, documents=[naming(upload), card])
    )

    with pytest.raises(OwnRequest):
        await read(code, upload.id, officer="rahul")


async def test_only_an_active_officer_reads() -> None:
    """And one that there is."""
    upload = await ready()
    code = await at_gate(upload)

    for name in ("retired", "nobody"):
        with pytest.raises(OfficerUnknown):
            await read(code, upload.id, officer=name)


async def test_what_another_officer_works_on_is_left_to_them() -> None:
    """As it is with decisions; the officer who holds it reads."""
    upload = await ready()
    code = await at_gate(upload)
    await claim(code, "basim", now=NOW)

    with pytest.raises(ClaimedByAnother):
        await read(code, upload.id)
    await read(code, upload.id, officer="BASIM")

    assert not await nothing_is_noted()


async def test_what_was_read_in_another_round_is_not_taken_for_this_one() -> None:
    """The page was open for long."""
    upload = await ready()
    code = await at_gate(upload)

    with pytest.raises(ChangedSinceReview):
        await read(code, upload.id, round_=2)
    await read(code, upload.id, round_=1)


async def test_all_that_is_wrong_with_a_reading_is_said_at_once() -> None:
    """And nothing of it is kept."""
    upload = await ready()
    code = await at_gate(upload)
    wrong = replace(AS_STATED, issuer="a\u202eb", issued_on=TODAY + timedelta(days=1))

    with pytest.raises(ReadingRefused) as refused:
        await read(code, upload.id, reading=wrong)

    assert {(found.field, found.code) for found in refused.value.problems} == {
        ("issuer", "hidden_characters"),
        ("issued_on", "date_in_future"),
    }
    assert await nothing_is_noted()
