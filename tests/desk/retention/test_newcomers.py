"""Who registered without an account and never came on the register: policy forgets all of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from desk.accounts import sweeping
from desk.documents.adding import add_for_newcomer
from desk.documents.ending import destroy_due
from desk.drafts.registration import look, save_part
from desk.drafts.update import forget_newcomers, sweep
from desk.looks import Looker, note_look
from desk.policy import current_policy
from desk.retention.holding import hold_request
from desk.retention.removing import remove_due
from models.access_log import Looked
from models.database import transaction
from models.newcomers import Newcomer, find_newcomer
from models.requests import Request, find_request
from models.statements import execute
from rules.keeping import Subject
from rules.values.document_kind import DocumentKind
from support.coming_in import came_in
from support.document_files import EXAMPLES
from support.keeping import count, days_of, rows
from support.people import register_people
from support.racing import until_somebody_waits
from support.registering import IDENTITY_NUMBER, at_gate, put
from support.requests import NOW, rejected
from support.uploads import name_a_shelf

LAYLA = "layla.alharbi@example.org"
#: What says who it was, wherever it stands.
SAYS = (LAYLA, IDENTITY_NUMBER, "Alharbi", "الحربي", "7421 Olaya")
#: What the official register says of a person is not here because somebody asked for something.
OF_OTHERS = "official_records"
ENDED = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
async def people(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_a_shelf(tmp_path, monkeypatch)
    await register_people()


async def rejected_newcomer() -> Request:
    """They came in by a code, sent a registration with documents, and began another one.

    An officer looked at it and rejected it with a note; its run is over, its e-mails have left.
    """
    await came_in(LAYLA)
    code = await at_gate(LAYLA)
    async with transaction() as session:
        request = await find_request(session, code)
        looker = Looker.officer("amal")
        await note_look(
            session, Looked.CASE, by=looker, now=ENDED, practitioner_id=None, request_id=request.id
        )
    await rejected(code, ENDED)
    await put(LAYLA, "employer", {"employer": "Another hospital"})
    await rows(
        "UPDATE requests SET run_state = 'settled', status_since = :at RETURNING id", at=ENDED
    )
    sent = "UPDATE letters SET status = 'sent', settled_at = :at, created_at = :at RETURNING id"
    await rows(sent, at=ENDED)
    return request


def last_day() -> datetime:
    """When the longest of the days that policy keeps any of it is over."""
    days = max(
        days_of(subject) for subject in (Subject.REQUESTS, Subject.EMAILS, Subject.ACCESS_LOG)
    )
    return ENDED + timedelta(days=days + current_policy().drafts.kept_days + 1)


async def everything_runs(now: datetime) -> None:
    """Whatever forgets something, as its flows call it."""
    await sweep(now=now, limit=100)
    await sweeping.sweep(now=now, limit=100)
    await destroy_due(now)
    await remove_due(now)
    await forget_newcomers(now=now, limit=100)


async def tables_that_say_who() -> set[str]:
    """Those of which a row holds something of `SAYS`."""
    found = set()
    for table in {*SQLModel.metadata.tables} - {OF_OTHERS}:
        row = f"{table}::text".replace(":", "\\:")
        any_of = " OR ".join(f"{row} LIKE '%{said}%'" for said in SAYS)
        if await rows(f"SELECT FROM {table} WHERE {any_of}"):
            found.add(table)
    return found


async def test_nothing_that_says_who_it_was_outlasts_its_days() -> None:
    """Sessions, codes, drafts, requests, letters, looks and the mailbox; numbers stay."""
    request = await rejected_newcomer()
    before = await tables_that_say_who()

    await everything_runs(last_day())

    assert before >= {"requests", "letters", "newcomers", "newcomer_sessions"}
    assert await tables_that_say_who() == set()
    forgotten = ("drafts", "newcomer_sessions", "letters", "access_log", "upload_uses")
    assert {table: await count(table) for table in forgotten} == dict.fromkeys(forgotten, 0)
    assert set(await rows("SELECT state, wrapped_key FROM uploads")) == {("destroyed", None)}
    assert await rows("SELECT tracking_code, status FROM requests") == [
        (request.tracking_code, "rejected")
    ]


async def _is_held(request: Request) -> None:
    await destroy_due(last_day())
    await hold_request(request.tracking_code, reason="a court", by="amal", now=ENDED)


async def _comes_in_again(_: Request) -> None:
    await came_in(LAYLA, now=last_day() - timedelta(minutes=1))


async def _writes_on(_: Request) -> None:
    seen = (await look(LAYLA, now=NOW)).seen
    await save_part(LAYLA, "employer", {"employer": "A third"}, seen=seen, now=last_day())


async def _sends_a_document(_: Request) -> None:
    kind = DocumentKind.EMPLOYER_LETTER
    file = EXAMPLES / "employer-letter.pdf"
    await add_for_newcomer(file, kind=kind, mailbox=LAYLA, now=last_day())


@pytest.mark.parametrize("why", [_is_held, _comes_in_again, _writes_on, _sends_a_document])
async def test_the_mailbox_stays_while_something_is_theirs(
    why: Callable[[Request], Awaitable[None]],
) -> None:
    """A held request is not emptied, and whoever is let in is about to write."""
    request = await rejected_newcomer()
    await why(request)

    await everything_runs(last_day())

    async with transaction() as session:
        assert await find_newcomer(session, LAYLA) is not None


async def test_whoever_comes_after_being_forgotten_is_a_new_one() -> None:
    """Of the mailbox nobody is known; and forgotten twice, it is the same nobody."""
    await rejected_newcomer()
    await everything_runs(last_day())
    async with transaction() as session:
        (nobody,) = (await session.exec(select(Newcomer.mailbox))).all()
    await everything_runs(last_day())

    await put(LAYLA, "employer", {"employer": "Another hospital"})

    async with transaction() as session:
        found = set((await session.exec(select(Newcomer.mailbox))).all())
    assert nobody != LAYLA
    assert found == {nobody, LAYLA}


async def test_a_hold_waits_for_who_destroys_their_document_just_now() -> None:
    """It is nobody's on the register: the request that names it is what the hold is on."""
    request = await rejected_newcomer()

    async with transaction() as session:
        await execute(session, text("SELECT FROM uploads FOR UPDATE"))
        placing = asyncio.create_task(
            hold_request(request.tracking_code, reason="a court", by="amal", now=ENDED)
        )
        await until_somebody_waits()
        assert not placing.done()
    await placing

    assert await count("holds") == 1
