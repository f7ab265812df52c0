"""That mail does not leave is noticed once, and told in figures."""

import logging
from datetime import timedelta

import pytest

from desk.clock import utc_now
from desk.mail.state import mail_state
from models.database import transaction
from models.letters import Letter
from models.mail_outages import begin_outage, end_outage, untold_outages
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters


async def test_an_empty_outbox_needs_no_hand(mail_server: SmtpRecorder) -> None:
    """Nothing waits and nothing has failed."""
    await owe()
    await deliver_letters(now=utc_now())

    state = await mail_state()

    assert len(mail_server.accepted) == 1
    assert (state.letters_waiting, state.oldest_since, state.away_since) == (0, None, None)
    assert (state.letters_failed, state.reminders_failed) == (0, 0)


async def test_a_closed_port_is_said_once_and_its_end_once(
    mail_server: SmtpRecorder, caplog: pytest.LogCaptureFixture
) -> None:
    """At the first refusal and at the recovery, not for each e-mail; the figures say why."""
    caplog.set_level(logging.WARNING, "mumaris.letters")
    letters = [await owe() for _ in range(6)]
    await mail_server.stop()

    for _ in range(3):
        await deliver_letters(now=utc_now() + timedelta(hours=2))
    state = await mail_state()
    await mail_server.start()
    for _ in range(2):
        await deliver_letters(now=utc_now() + timedelta(hours=2))
    after = await mail_state()

    said = [record.getMessage() for record in caplog.records]
    assert len(mail_server.accepted) == len(letters)
    assert state.letters_waiting == 6
    assert state.away_since is not None
    assert "Connect call failed" in str(state.away_reason)
    assert "Connect call failed" in str(state.last_reason)
    assert (after.away_since, after.letters_waiting) == (None, 0)
    assert [line.partition(":")[0].partition(";")[0] for line in said] == [
        "mail does not leave",
        "mail leaves again",
    ]


async def test_failed_and_doubtful_ones_are_counted(mail_server: SmtpRecorder) -> None:
    """A failed e-mail needs a hand; a doubtful mailbox is only shown."""
    failed, doubtful = await owe(), await owe()
    mail_server.will("RCPT", "550 5.1.1 user unknown")
    await deliver_letters(now=utc_now(), request_id=failed.request_id)
    mail_server.will("RCPT", "550 no")
    await deliver_letters(now=utc_now(), request_id=doubtful.request_id)

    state = await mail_state()

    async with transaction() as session:
        row = await session.get_one(Letter, doubtful.id)
    assert row.status == LetterStatus.QUEUED
    assert (state.letters_failed, state.doubtful_mailboxes) == (1, 1)


@pytest.mark.usefixtures("database")
async def test_an_outage_is_news_once(database: str) -> None:
    """Whoever notices it first says so; the end is news to one as well."""
    assert database
    now = utc_now()
    async with transaction() as session:
        begun = [await begin_outage(session, reason=reason, now=now) for reason in ("a", "b")]
        ended = [await end_outage(session, now=now) for _ in range(2)]
        untold = await untold_outages(session)

    assert begun == [True, False]
    assert ended == [now, None]
    assert [row.reason for row in untold] == ["a"]
