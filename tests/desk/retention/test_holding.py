"""What a hold covers is not removed while it stands, and goes after it was lifted."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from desk.documents import ending
from desk.documents.ending import DocumentHeld
from desk.retention.holding import HoldNeedsReason, hold_person, hold_request, holds, lift
from desk.retention.removing import due, remove_due
from documents.keys import new_master_key
from models.database import transaction
from models.requests import Request, RequestUnknown
from models.retention.holds import HoldUnknown, one_at_a_time
from models.statements import execute
from rules.documents.states import DocumentState
from rules.keeping import Subject
from support.keeping import all_certificates, count, ended_request, just_due, look_at, rows
from support.people import NOURA, register_applicant, register_people
from support.racing import until_somebody_waits
from support.requests import NOW
from support.shelved import row, shelved

NUMBER = NOURA["registration_number"]
LATER = NOW + timedelta(days=31)
Hold = Callable[[Request], Awaitable[UUID]]


@pytest.fixture(autouse=True)
async def people(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUMARIS_DOCUMENTS", (tmp_path / "documents").as_uri())
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()


async def on_person(_: Request | None = None) -> UUID:
    return await hold_person(NUMBER, reason="a case", by="amal", now=NOW)


async def on_request(request: Request) -> UUID:
    return await hold_request(request.tracking_code, reason="a case", by="amal", now=NOW)


async def numbers() -> dict[Subject, int]:
    """What is due at NOW, where something is."""
    return {one.kept.subject: one.number for one in await due(NOW) if one.number}


@pytest.mark.parametrize("hold", [on_person, on_request])
async def test_a_request_on_hold_is_kept_with_its_e_mails_and_looks(hold: Hold) -> None:
    """It is neither counted nor removed; lifted, it goes."""
    request = await ended_request(just_due(Subject.REQUESTS))
    before = await numbers()
    placed = await hold(request)

    held = await numbers()
    done = await remove_due(NOW)
    letters = await count("letters", request.id)
    certificates = await all_certificates()
    await lift(placed, by="basim", now=NOW)
    after = await numbers()
    await remove_due(NOW)

    assert set(before) == {Subject.REQUESTS, Subject.EMAILS, Subject.ACCESS_LOG}
    assert (held, certificates, done.holds) == ({}, [], 1)
    assert letters > 0
    assert after == before
    assert await count("letters", request.id) == 0


async def test_another_person_s_rows_go_all_the_same() -> None:
    """A hold covers what it is on."""
    other = (await register_applicant()).registration_number
    await on_person()
    await look_at(NUMBER, just_due(Subject.ACCESS_LOG))
    await look_at(other, just_due(Subject.ACCESS_LOG))

    await remove_due(NOW)

    left = await rows(
        "SELECT registration_number FROM access_log"
        " JOIN practitioners ON practitioners.id = practitioner_id"
    )
    assert [number for (number,) in left] == [NUMBER]


async def test_the_address_of_a_reminder_is_kept_for_its_holder_on_hold() -> None:
    """By the person alone."""
    async with transaction() as session:
        await execute(
            session,
            text(
                "INSERT INTO reminders (id, practitioner_id, about, anchor, threshold, status,"
                " letter, address, examined_on, run, created_at, next_attempt_at, attempts)"
                " SELECT id, id, 'card', '2020-01-01', 30, 'sent', 'card_expires', 'a@b.example',"
                " '2020-01-01', 'test', now(), now(), 1 FROM practitioners"
                " WHERE registration_number = :number"
            ),
            {"number": NUMBER},
        )
    before = await numbers()
    await on_person()

    assert before == {Subject.REMINDERS: 1}
    assert await numbers() == {}
    await remove_due(NOW)
    assert [address for (address,) in await rows("SELECT address FROM reminders")] == [
        "a@b.example"
    ]


async def test_a_document_on_hold_is_not_destroyed() -> None:
    """Not by its day, and not by order; lifted, it goes."""
    upload = await shelved(NOW)
    placed = await on_person()

    counted = await ending.due(LATER)
    done = await ending.destroy_due(LATER)
    with pytest.raises(DocumentHeld):
        await ending.destroy(upload.id, reason="a mistake", by="ops", now=NOW)
    kept = (await row(upload)).state
    await lift(placed, by="amal", now=NOW)
    await ending.destroy_due(LATER)

    assert (counted.total(), done.destroyed.total(), done.failed) == (0, 0, 0)
    assert kept is DocumentState.READY
    assert (await row(upload)).state is DocumentState.DESTROYED


async def test_two_holds_are_lifted_one_by_one() -> None:
    """What the second covers is kept."""
    request = await ended_request(just_due(Subject.REQUESTS))
    first, second = await on_person(), await on_request(request)
    await lift(first, by="amal", now=NOW)

    (left,) = await holds(limit=9)
    assert await numbers() == {}
    assert (left.hold.id, left.tracking_code) == (second, request.tracking_code)


async def test_a_hold_is_lifted_once() -> None:
    """And stays as a row that says by whom."""
    placed = await on_person()
    await lift(placed, by="basim", now=NOW)

    for unknown in (placed, uuid4()):
        with pytest.raises(HoldUnknown):
            await lift(unknown, by="amal", now=NOW)
    assert [by for (by,) in await rows("SELECT lifted_by FROM holds")] == ["basim"]


async def test_a_hold_waits_for_who_removes_just_now() -> None:
    """Once it is placed, nothing that it covers goes any more."""
    async with transaction() as session:
        await one_at_a_time(session)
        placing = asyncio.create_task(on_person())
        await until_somebody_waits("advisory")
        assert not placing.done()
    await placing

    assert await count("holds") == 1


async def test_a_hold_has_a_reason_and_is_on_what_there_is() -> None:
    """What was emptied cannot be held any more."""
    request = await ended_request(just_due(Subject.REQUESTS))
    await remove_due(NOW)

    with pytest.raises(HoldNeedsReason):
        await hold_person(NUMBER, reason="  ", by="amal", now=NOW)
    with pytest.raises(RequestUnknown):
        await on_request(request)
    assert await count("holds") == 0
