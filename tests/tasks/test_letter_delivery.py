"""The e-mails of requests, accounts and the desk, on their way out in sets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlmodel import col, select

import tasks.sending.sender
from desk.clock import utc_now
from desk.kinds.applicant import Applicant
from desk.requests.queueing import queue_withdrawn
from mail.facts.account_letters import ACCOUNT_LETTERS
from mail.facts.request_letters import REQUEST_LETTERS
from mail.facts.stored import secrets_of
from models.database import transaction
from models.letters import Letter, letter_key, new_letter, queue_letters
from models.links import ActivationLink, LinkPurpose, find_link, issue_links
from models.mail_outages import begin_outage
from models.requests import Request, history
from models.settings import DatabaseSettings
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import ActorKind
from support.letters import owe
from support.reminding import text_of
from support.sending import WatchedSmtp, watched_smtp
from support.smtp import At
from support.statements import statements
from tasks.letter_delivery import CONNECTIONS, PAGES, deliver_letters

SECOND = timedelta(seconds=1)


@pytest.fixture
async def smtp(database: str) -> AsyncIterator[WatchedSmtp]:
    """A mail server at which a test may act."""
    async with watched_smtp() as server:
        yield server


def test_every_link_in_an_e_mail_has_its_page() -> None:
    """One without would keep its e-mail from ever being composed; a code leads nowhere."""
    links = {link for letter in REQUEST_LETTERS | ACCOUNT_LETTERS for link in secrets_of(letter)}

    assert links - {"code"} == set(PAGES)


async def more(
    first: Letter, number: int, *, link: ActivationLink | None = None, **columns: Any
) -> list[Letter]:
    """So many letters like this one, each owed under a key of its own; or with that link."""
    facts, name = dict(first.facts), first.letter
    if link is not None:
        name = "old_address_notice"
        del facts["submitted_on"]
        facts |= {"reference_number": "R-1", "expires_at": link.expires_at.isoformat()}
    about = first.request_id
    assert about is not None
    letters = [
        new_letter(
            key=letter_key(about, name, "more", each),
            request_id=about,
            letter=name,
            to_address=f"p{each}@example.org",
            facts=facts,
            now=first.created_at - SECOND,
            link_id=link.id if link else None,
            **columns,
        )
        for each in range(number)
    ]
    async with transaction() as session:
        await queue_letters(session, letters)
    return letters


async def test_a_set_is_held_and_its_tokens_are_minted_by_one_statement(smtp: WatchedSmtp) -> None:
    """However many they are; and each letter carries a link that opens."""
    first = await owe()
    async with transaction() as session:
        assert first.request_id is not None
        links = await issue_links(
            session,
            [first.request_id],
            LinkPurpose.STOP,
            earlier={},
            now=utc_now(),
            expires_at=utc_now() + timedelta(days=1),
        )
        link = links[first.request_id]
    await more(first, 60, link=link)

    with statements() as said:
        tried = await deliver_letters(now=utc_now(), request_id=first.request_id)

    def number_of(beginning: str) -> int:
        return sum(one.strip().startswith(beginning) for one in said)

    assert (tried, len(smtp.accepted)) == (61, 61)
    assert number_of("WITH due AS") == 1
    assert number_of("INSERT INTO link_tokens") == 1
    # Every 0.2 seconds what has ended, all of it.
    assert number_of("UPDATE letters SET status") < 20
    texts = [text_of(one.message) for one in smtp.accepted]
    token = next(text for text in texts if "/stop/" in text).partition("/stop/")[2][:43]
    async with transaction() as session:
        opened = await find_link(session, token)
    assert opened is not None
    assert opened.id == link.id


async def test_a_pass_that_owes_nothing_holds_nothing(smtp: WatchedSmtp) -> None:
    """What is due later, or held by another, is no reason to take any."""
    first = await owe()
    await more(first, 3, in_bulk=True)
    later = "UPDATE letters SET next_attempt_at = clock_timestamp() + interval '1 day'"
    change(f"{later} WHERE id = %s", first)
    change("UPDATE letters SET leased_until = 'infinity' WHERE in_bulk AND id <> %s", first)

    with statements() as said:
        tried = await deliver_letters(now=utc_now())

    assert tried == smtp.connections == 0
    assert not [one for one in said if "UPDATE" in one or "BEGIN" in one]


async def test_what_somebody_waits_for_is_not_behind_a_file(smtp: WatchedSmtp) -> None:
    """Hundreds of a file are due before it, and the server is slow: it is among the next ones."""
    lone = await owe()
    await more(lone, 300, in_bulk=True)
    change(
        "UPDATE letters SET next_attempt_at = next_attempt_at + interval '1 day' WHERE id = %s",
        lone,
    )
    smtp.takes = 0.02
    owed_at: list[int] = []

    def owe_it(at: At) -> None:
        if at == "MAIL" and len(smtp.accepted) >= 20 and not owed_at:
            owed_at.append(len(smtp.accepted))
            change("UPDATE letters SET next_attempt_at = clock_timestamp() WHERE id = %s", lone)

    smtp.before = owe_it
    await deliver_letters(now=utc_now())

    assert len(smtp.accepted) == 301
    place = smtp.ids().index(f"<{lone.id}@example.org>")
    assert owed_at[0] <= place < 250


def change(statement: str, letter: Letter) -> None:
    """Change the letter's row at once, from outside the sender's own session."""
    with psycopg.connect(DatabaseSettings().libpq_url(), autocommit=True) as connection:
        connection.execute(statement, [letter.id])  # type: ignore[arg-type]  # the test's own text


async def test_while_mail_does_not_leave_one_letter_a_pass_finds_out(smtp: WatchedSmtp) -> None:
    """Of those that are owed singly and of those in bulk; the others keep their attempts."""
    first = await owe()
    singly, bulk = await more(first, 5), await more(await owe(), 5, in_bulk=True)
    async with transaction() as session:
        await begin_outage(session, reason="421 closed", now=utc_now())
    smtp.will("CONNECT", "421 4.3.2 closed", times=50)

    tried = await deliver_letters(now=utc_now())

    assert (tried, smtp.connections) == (2, 2)
    assert sorted([await attempts(one) for one in singly]) == [0, 0, 0, 0, 1]
    assert sorted([await attempts(one) for one in bulk]) == [0, 0, 0, 0, 1]


async def attempts(letter: Letter) -> int:
    """How often the letter was tried."""
    async with transaction() as session:
        return (await session.get_one(Letter, letter.id)).attempts


async def test_a_pass_that_is_cut_has_written_down_what_was_accepted(
    smtp: WatchedSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent a second time are at most those in the couriers' hands, and all others are free."""
    monkeypatch.setattr(tasks.sending.sender, "STAMP_EVERY", 60.0)
    first = await owe()
    await more(first, 60)
    smtp.takes = 0.02
    cut = asyncio.Event()
    smtp.before = lambda _: cut.set() if len(smtp.accepted) >= 20 else None

    passing = asyncio.create_task(deliver_letters(now=utc_now()))
    await cut.wait()
    passing.cancel()
    await asyncio.gather(passing, return_exceptions=True)
    accepted = len(smtp.accepted)

    rows = await letters_about(first)
    sent = [row for row in rows if row.status == LetterStatus.SENT]
    held = [row for row in rows if row.lease is not None]
    assert accepted - CONNECTIONS <= len(sent) <= accepted
    assert len(held) <= CONNECTIONS


async def test_the_e_mails_of_a_request_in_bulk_are_bulk(database: str) -> None:
    """What is owed about any other is not."""
    first = await owe()
    applicant = Applicant(
        practitioner_id=None,
        registration_number=None,
        name_ar="سلمى",
        name_en="Salma",
        email=first.to_address,
        preferred_language="ar",
    )

    async with transaction() as session:
        request = await session.get_one(Request, first.request_id)
        request.in_bulk = True
        await queue_withdrawn(session, request, applicant, by=ActorKind.APPLICANT, now=utc_now())

    rows = {row.letter: row.in_bulk for row in await letters_about(first)}
    assert rows == {"received": False, "withdrawn": True}


async def letters_about(first: Letter) -> list[Letter]:
    """All that are owed about the same request."""
    async with transaction() as session:
        query = select(Letter).where(col(Letter.request_id) == first.request_id)
        return list((await session.exec(query)).all())


async def test_two_that_failed_of_one_request_are_two_lines_of_its_history(
    smtp: WatchedSmtp,
) -> None:
    """Stamped together, neither hides the other."""
    first = await owe()
    await more(first, 1)
    smtp.will("RCPT", "550 5.1.1 unknown", times=2)

    await deliver_letters(now=utc_now())

    async with transaction() as session:
        told = [one.what for one in await history(session, first.request_id)]
    assert told == ["submitted", "letter_failed", "letter_failed"]
    assert {row.status for row in await letters_about(first)} == {LetterStatus.FAILED}
