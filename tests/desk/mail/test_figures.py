"""E-mails by letter and language, who gets none, and those that nobody sends."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import update

from desk.clock import utc_now
from desk.mail.figures import COUNTED_FOR, MailFigures, read_mail_figures
from desk.mail.state import mail_state
from desk.mail.suppressing import allow_reminders, stop_reminders
from desk.operations.needs import NeedCode, needs_of
from desk.operations.overview import overview
from models.database import transaction
from models.letters import Letter
from models.mail_figures import CountedMail
from rules.reminders.suppression import Why
from rules.requests.letter_status import LetterStatus
from support.letters import owe
from support.reminding import SUNDAY, Runs, card_on_file
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters

DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)


async def read(now: datetime) -> MailFigures:
    async with transaction() as session:
        return await read_mail_figures(session, now=now)


async def set_letters(**values: object) -> None:
    """All that there are."""
    async with transaction() as session:
        await session.exec(update(Letter).values(**values))


def received(**numbers: int) -> CountedMail:
    """The e-mails that say that a request has come, in Arabic."""
    none = {"sent": 0, "waiting": 0, "refused": 0, "came_back": 0}
    return CountedMail("received", "ar", **(none | numbers))


async def test_e_mails_are_counted_by_what_became_of_them(mail_server: SmtpRecorder) -> None:
    """One that was taken and came back has not been sent."""
    letters = [await owe() for _ in range(4)]
    mail_server.will("RCPT", "550 5.1.1 user unknown")
    await deliver_letters(now=utc_now(), request_id=letters[0].request_id)
    for letter in letters[1:3]:
        await deliver_letters(now=utc_now(), request_id=letter.request_id)
    async with transaction() as session:
        (await session.get_one(Letter, letters[1].id)).came_back_at = utc_now()

    found = await read(utc_now())

    assert found.by_letter == [received(sent=1, waiting=1, refused=1, came_back=1)]


@pytest.mark.parametrize(
    ("status", "forgotten"),
    [(LetterStatus.SENT, True), (LetterStatus.QUEUED, False), (LetterStatus.FAILED, False)],
)
async def test_what_was_sent_is_counted_for_a_week(
    mail_server: SmtpRecorder, status: LetterStatus, *, forgotten: bool
) -> None:
    """What waits, or has failed, counts however old it is."""
    assert mail_server
    letter = await owe()
    await set_letters(status=status)
    on_the_last_day = await read(letter.created_at + COUNTED_FOR)

    found = await read(letter.created_at + COUNTED_FOR + DAY)

    assert len(on_the_last_day.by_letter) == 1
    assert (found.by_letter == []) == forgotten


async def test_reminders_are_counted_with_them(mail_server: SmtpRecorder) -> None:
    """In the language of their people."""
    await card_on_file(SUNDAY + timedelta(days=14), preferred_language="en")
    await Runs(mail_server).plan(SUNDAY)

    (found,) = (await read(utc_now())).by_letter

    assert (found.letter, found.language, found.waiting) == ("card_reminder", "en", 1)


@pytest.mark.usefixtures("database")
async def test_suppressions_are_counted_by_reason() -> None:
    """One address may have several; what was taken back does not count, nor is an address told."""
    now = utc_now()
    await stop_reminders("a@example.com", why=Why.ASKED, now=now)
    for address in ("a@example.com", "b@example.com", "c@example.com"):
        await stop_reminders(address, why=Why.BOUNCED, now=now)
    await allow_reminders("c@example.com", now=now)

    assert (await read(now)).suppressions == [(Why.ASKED, 1), (Why.BOUNCED, 2)]


async def test_what_nobody_has_taken_for_a_minute_is_overdue(mail_server: SmtpRecorder) -> None:
    """No worker sends: nothing is refused, so nothing else tells of it."""
    assert mail_server
    letter = await owe()
    due = letter.next_attempt_at
    before = await mail_state(now=due + A_MINUTE)
    after = await mail_state(now=due + A_MINUTE * 1.1)
    await set_letters(next_attempt_at=utc_now() - 2 * A_MINUTE)

    codes = [need.code for need in needs_of(await overview())]

    assert before.letters_overdue == (0, None)
    assert after.letters_overdue == (1, due)
    assert NeedCode.LETTERS_OVERDUE in codes


async def test_what_somebody_is_just_sending_is_not_overdue(mail_server: SmtpRecorder) -> None:
    """However slow the mail server is."""
    assert mail_server
    await owe()
    past = utc_now() - DAY
    await set_letters(next_attempt_at=past, leased_until=utc_now() + A_MINUTE)
    held = await mail_state()
    await set_letters(leased_until=past)

    assert (held.letters_overdue.number, (await mail_state()).letters_overdue.number) == (0, 1)
