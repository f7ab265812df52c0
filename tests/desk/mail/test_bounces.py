"""Reading a Maildir of delivery reports, and what follows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

import desk.mail.bounces
from desk.clock import utc_now
from desk.mail.bounces import read_maildir
from desk.mail.state import mail_state
from desk.mail.suppressing import reasons_against, stop_reminders
from mail.reports.bounces import Report
from models.database import transaction
from models.letters import Letter
from models.reminders.suppressions import lift, suppression_of
from models.requests import history
from rules.reminders.suppression import Why
from support.bounces import complaint, report
from support.letters import owe
from support.reminding import SUNDAY, OnFile, Runs, noon, reminded_card
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters


@pytest.fixture
async def runs(database: str) -> AsyncIterator[Runs]:
    """Runs with a mail server of their own."""
    async with SmtpRecorder() as smtp:
        yield Runs(smtp)


@pytest.fixture
async def card(runs: Runs) -> OnFile:
    """A card whose holder has just been reminded."""
    return await reminded_card(runs)


@pytest.fixture
def maildir(tmp_path: Path) -> Maildir:
    """Where reports arrive."""
    return Maildir(str(tmp_path / "bounces"))


async def letter_of(card: OnFile) -> UUID:
    (row,) = await card.reminders()
    return row.id


async def returned(card: OnFile, **ways: Any) -> bytes:
    """A report about the card's letter, and about its holder's mailbox."""
    return report(await letter_of(card), **{"final": f"rfc822; {card.email}"} | ways)


async def test_a_report_ends_the_reminders_to_its_mailbox(
    runs: Runs, card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """Found by the Message-ID of the letter that was really sent; no address in what is kept."""
    maildir.add(await returned(card))

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    async with transaction() as session:
        found = await suppression_of(session, card.email)
    assert (read.messages, read.reports, read.suppressed) == (1, 1, 1)
    assert found is not None
    assert found.server_reply == "550 5.1.1 (address): no such user"
    assert await runs.run(SUNDAY + timedelta(days=7)) == []


async def test_reading_again_changes_nothing(
    card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """What was read has moved to cur."""
    maildir.add(await returned(card))
    await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    again = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert again.messages == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("4.2.2", "452 4.2.2 mailbox full"),
        ("5.2.2", "552 5.2.2 mailbox full"),
        ("5.7.1", "550 5.7.1 blocked for your reputation"),
        ("5.0.0", "550 no"),
    ],
)
async def test_what_says_nothing_of_the_mailbox_suppresses_nobody(
    card: OnFile, maildir: Maildir, tmp_path: Path, status: str, said: str
) -> None:
    """A full mailbox may be emptied, and a block is about us."""
    maildir.add(await returned(card, status=status, said=said))

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.reports, read.suppressed) == (1, 0)
    assert await reasons_against(card.email) == []


@pytest.mark.usefixtures("card")
async def test_reports_of_other_letters_are_counted_and_left(
    maildir: Maildir, tmp_path: Path
) -> None:
    """An activation letter's, or a forged one."""
    maildir.add(report(uuid4()))
    maildir.add(report(uuid4(), message_id="<0102018e-a@mail.example.net>"))
    maildir.add(b"\xff\x00 no report at all")

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.messages, read.reports, read.unknown, read.suppressed) == (3, 2, 2, 0)


async def test_a_lifted_suppression_lets_reminders_through_again(
    runs: Runs, card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """The mailbox was mended; its history stays."""
    maildir.add(await returned(card))
    await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))
    async with transaction() as session:
        assert await lift(session, card.email, now=noon(SUNDAY)) == [Why.BOUNCED]

    assert len(await runs.run(SUNDAY + timedelta(days=7))) == 1


async def test_a_complaint_ends_the_reminders(
    runs: Runs, card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """Whoever calls a reminder unwanted gets no more."""
    maildir.add(complaint(await letter_of(card)))

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.reports, read.suppressed, read.elsewhere) == (1, 0, 1)
    maildir.add(complaint(await letter_of(card)).replace(b"holder@example.com", b"redacted"))
    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))
    assert read.suppressed == 1
    assert await reasons_against(card.email) == [Why.COMPLAINED]
    assert await runs.run(SUNDAY + timedelta(days=7)) == []


async def test_a_dead_member_of_a_list_does_not_silence_the_list(
    card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """The report is about an address behind the one that we wrote to."""
    maildir.add(await returned(card, final="rfc822; member@example.net"))

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.suppressed, read.elsewhere) == (0, 1)
    assert await reasons_against(card.email) == []


async def test_a_doubtful_report_silences_only_when_it_repeats_over_days(
    card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """As a doubtful reply does."""
    for day in (0, 1, 4):
        maildir.add(await returned(card, status="5.0.0", said="550 no"))
        await read_maildir(tmp_path / "bounces", now=noon(SUNDAY + timedelta(days=day)))
        assert bool(await reasons_against(card.email)) == (day == 4)


async def test_a_report_about_a_request_s_e_mail_shows_on_the_request(
    runs: Runs, maildir: Maildir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, in its history; and no more reminders go to a mailbox that is not there."""
    runs.smtp.name_in(monkeypatch)
    letter = await owe()
    await deliver_letters(now=utc_now())
    final = f"rfc822; {letter.to_address}"
    for _ in range(2):
        maildir.add(report(letter.id, final=final))

    read = await read_maildir(tmp_path / "bounces", now=utc_now())

    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
        told = [(event.what, event.reason_code) for event in await history(session, row.request_id)]
    assert (read.reports, read.on_requests, read.suppressed) == (2, 1, 1)
    assert told == [("submitted", None), ("letter_came_back", "received")]
    assert row.server_reply == "550 5.1.1 (address): no such user"
    assert (await mail_state()).letters_failed == 1
    assert await reasons_against(letter.to_address) == [Why.BOUNCED]


async def test_one_message_that_cannot_be_read_stops_no_other(
    card: OnFile, maildir: Maildir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is flagged in the Maildir, for somebody to look at."""
    maildir.add(b"Subject: poison\r\n\r\n")
    maildir.add(await returned(card))
    understood = desk.mail.bounces.read_reports

    def choke(raw: bytes, *, return_path: str) -> list[Report]:
        if b"poison" in raw:
            raise RecursionError
        return understood(raw, return_path=return_path)

    monkeypatch.setattr(desk.mail.bounces, "read_reports", choke)

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    flags = sorted(message.get_flags() for message in maildir)
    assert (read.messages, read.suppressed, read.unreadable) == (2, 1, 1)
    assert flags == ["FS", "S"]


async def test_every_reason_is_kept_and_one_can_be_taken_back(card: OnFile) -> None:
    """A mended mailbox does not bring back letters that its owner had asked to stop."""
    for why in (Why.BOUNCED, Why.DECEASED, Why.BOUNCED):
        await stop_reminders(card.email, why=why, now=noon(SUNDAY))

    async with transaction() as session:
        lifted = await lift(session, card.email, now=noon(SUNDAY), why=Why.BOUNCED)

    assert lifted == [Why.BOUNCED]
    assert await reasons_against(card.email) == [Why.DECEASED]


async def test_a_letter_bears_the_return_address_of_its_own(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reminders and e-mails about requests, where the mail server takes such addresses."""
    runs.smtp.name_in(monkeypatch)
    monkeypatch.setenv("MUMARIS_MAIL_RETURN_PATH", "bounces+{mark}@example.org")
    card = await reminded_card(runs)
    letter = await owe()
    await deliver_letters(now=utc_now())

    assert [taken.sender for taken in runs.smtp.accepted] == [
        f"bounces+{each.hex}@example.org" for each in (await letter_of(card), letter.id)
    ]
    assert [taken.message["X-Mumaris-Letter"] for taken in runs.smtp.accepted] == [
        str(each) for each in (await letter_of(card), letter.id)
    ]
