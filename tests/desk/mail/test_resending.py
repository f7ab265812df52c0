"""E-mails that failed are sent again, or are said not to be wanted."""

from datetime import datetime, timedelta

import pytest

from desk.clock import utc_now
from desk.mail.resending import drop_letters, resend_letters, resend_reminders, undelivered
from desk.mail.state import mail_state
from models.database import transaction
from models.door import OPERATIONS
from models.letters import Letter
from models.requests import Request, history
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.reminding import SUNDAY, Runs, noon, statuses
from support.sending import due_cards
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters

GONE = "550 5.1.1 user unknown"


async def failed(mail_server: SmtpRecorder, **values: object) -> Letter:
    """An e-mail that the mail server refused for good."""
    letter = await owe()
    mail_server.will("RCPT", GONE)
    await deliver_letters(now=utc_now())
    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
        row.sqlmodel_update(values)
    return row


async def code_of(letter: Letter) -> str:
    """The tracking code of the letter's request."""
    async with transaction() as session:
        return (await session.get_one(Request, letter.request_id)).tracking_code


async def told(letter: Letter) -> list[str]:
    """What the history of the letter's request says."""
    async with transaction() as session:
        return [str(event.what) for event in await history(session, letter.request_id)]


async def test_a_failed_e_mail_is_sent_again_once(mail_server: SmtpRecorder) -> None:
    """Under its Message-ID, with a whole schedule of attempts; asked twice, it leaves once."""
    letter = await failed(mail_server, attempts=12)
    found = await undelivered(tracking_code=await code_of(letter))

    resent = [await resend_letters(found, by=OPERATIONS, now=utc_now()) for _ in range(2)]
    await deliver_letters(now=utc_now())
    await deliver_letters(now=utc_now())

    assert [one.queued for one in resent] == [1, 0]
    assert [taken.message["Message-ID"] for taken in mail_server.accepted] == [
        f"<{letter.id}@localhost>"
    ]
    assert await told(letter) == ["submitted", "letter_failed", "letter_resent"]
    assert (await mail_state()).letters_failed == 0


async def test_all_failed_e_mails_are_sent_again(mail_server: SmtpRecorder) -> None:
    """Also one that came back; those that were sent or wait are left alone."""
    letters = [await failed(mail_server) for _ in range(3)]
    back = await owe()
    await deliver_letters(now=utc_now())
    async with transaction() as session:
        (await session.get_one(Letter, back.id)).came_back_at = utc_now()
    before = len(mail_server.accepted)

    resent = await resend_letters(await undelivered(), by=OPERATIONS, now=utc_now())
    await deliver_letters(now=utc_now())

    again = {str(taken.message["Message-ID"]) for taken in mail_server.accepted[before:]}
    assert resent.queued == 4
    assert again == {f"<{each.id}@localhost>" for each in (*letters, back)}


async def test_what_cannot_be_done_any_more_is_not_asked_for_again(
    mail_server: SmtpRecorder,
) -> None:
    """The request has moved on since: the e-mail stays failed and is named."""
    letter = await failed(mail_server, letter="returned")

    resent = await resend_letters(await undelivered(), by=OPERATIONS, now=utc_now())

    assert resent.queued == 0
    assert [one.id for one in resent.outdated] == [letter.id]


async def test_a_dropped_e_mail_needs_no_hand_any_more(mail_server: SmtpRecorder) -> None:
    """It is never sent, and the history says so."""
    letter = await failed(mail_server)

    dropped = [await drop_letters(await undelivered(), now=utc_now()) for _ in range(2)]
    await deliver_letters(now=utc_now() + timedelta(days=1))

    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
    assert dropped == [1, 0]
    assert (row.status, row.not_sent_reason) == (LetterStatus.SKIPPED, "dropped")
    assert mail_server.accepted == []
    assert (await mail_state()).letters_failed == 0


async def again(now: datetime) -> int:
    """Queue what failed of the reminders."""
    async with transaction() as session:
        return await resend_reminders(session, now=now)


@pytest.mark.usefixtures("database")
async def test_failed_reminders_leave_with_the_next_run(database: str) -> None:
    """All but those of mailboxes that are gone; each once."""
    assert database
    async with SmtpRecorder() as smtp:
        runs = Runs(smtp)
        await due_cards(3)
        smtp.will("RCPT", GONE)
        smtp.will("CONTENT", "552 5.3.4 too big", times=2)
        await runs.run(SUNDAY)
        assert await statuses() == {"failed": 3}

        queued = [await again(noon(SUNDAY)) for _ in range(2)]
        sent = await runs.send(SUNDAY)

    assert queued == [2, 0]
    assert sent["sent"] == 2
    assert await statuses() == {"failed": 1, "sent": 2}
