"""Reading a Maildir of delivery reports, and what follows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from mailbox import Maildir
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from desk.bounces import read_maildir
from models.database import transaction
from models.suppressions import lift, suppression_of
from support.bounces import report
from support.reminding import SUNDAY, OnFile, Runs, noon, reminded_card
from support.smtp import SmtpRecorder


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


async def test_a_report_ends_the_reminders_to_its_mailbox(
    runs: Runs, card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """Found by the Message-ID of the letter that was really sent; no address in what is kept."""
    maildir.add(report(await letter_of(card)))

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
    maildir.add(report(await letter_of(card)))
    await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    again = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert again.messages == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [("4.2.2", "452 4.2.2 mailbox full"), ("5.7.1", "550 5.7.1 blocked for your reputation")],
)
async def test_what_says_nothing_of_the_mailbox_suppresses_nobody(
    card: OnFile, maildir: Maildir, tmp_path: Path, status: str, said: str
) -> None:
    """A full mailbox may be emptied, and a block is about us."""
    maildir.add(report(await letter_of(card), status=status, said=said))

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.reports, read.suppressed) == (1, 0)


@pytest.mark.usefixtures("card")
async def test_reports_of_other_letters_are_counted_and_left(
    maildir: Maildir, tmp_path: Path
) -> None:
    """An activation letter's, or a forged one."""
    maildir.add(report(uuid4()))
    maildir.add(b"\xff\x00 no report at all")

    read = await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))

    assert (read.messages, read.reports, read.unknown, read.suppressed) == (2, 1, 1, 0)


async def test_a_lifted_suppression_lets_reminders_through_again(
    runs: Runs, card: OnFile, maildir: Maildir, tmp_path: Path
) -> None:
    """The mailbox was mended; its history stays."""
    maildir.add(report(await letter_of(card)))
    await read_maildir(tmp_path / "bounces", now=noon(SUNDAY))
    async with transaction() as session:
        assert await lift(session, card.email, now=noon(SUNDAY))

    assert len(await runs.run(SUNDAY + timedelta(days=7))) == 1
