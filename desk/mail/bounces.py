"""Read the reports of e-mails that did not arrive, or were not wanted, and act on them."""

import logging
from contextlib import suppress as ignore
from dataclasses import dataclass
from datetime import datetime
from mailbox import NoSuchMailboxError
from pathlib import Path
from typing import NamedTuple

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.mail.mailboxes import gone, in_doubt
from mail.delivering.outcomes import without_addresses
from mail.delivering.refusal_texts import Meaning
from mail.delivering.refusals import meaning_of
from mail.reports.bounces import MAX_BYTES, Report, What, read_reports
from mail.settings import MailSettings
from models.database import patiently, transaction
from models.door import PIPELINE, record, ring
from models.letters import Letter
from models.reminders.reminders import Reminder
from models.reminders.suppressions import suppress
from models.requests import Request
from rules.reminders.decision import NotSent, ReminderStatus
from rules.reminders.suppression import Why
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.values.email_address import mailbox_of

logger = logging.getLogger("mumaris.bounces")


@dataclass
class Reading:
    """What a Maildir held, in numbers."""

    messages: int = 0
    reports: int = 0
    #: Addresses that get no more reminders from now on.
    suppressed: int = 0
    #: E-mails about requests that came back; each request says so now.
    on_requests: int = 0
    #: Reports that do not say whether the mailbox is gone.
    undecided: int = 0
    #: Reports about somebody behind the address: a member of a list, a forward.
    elsewhere: int = 0
    #: Reports that cannot be traced to a letter of ours.
    unknown: int = 0
    #: Messages that could not be read; they are flagged in the Maildir.
    unreadable: int = 0


async def read_maildir(folder: Path, *, now: datetime) -> Reading:
    """Read what is new in the Maildir; each message then moves from ``new`` to ``cur``.

    Read again it changes nothing; killed in the middle it goes on with what is still new. A message
    that cannot be read is flagged and stops no other. Raises `mailbox.NoSuchMailboxError`.
    """
    new = folder / "new"
    if not new.is_dir():
        raise NoSuchMailboxError(str(folder))
    return_path = MailSettings().mail_return_path
    reading = Reading()
    for message in sorted(new.iterdir()):
        reading.messages += 1
        flags = "S"
        try:
            reports = _reports(message, return_path)
        except Exception as fault:  # noqa: BLE001 - a stranger's message must not stop the others
            logger.warning("a message cannot be read (%s)", type(fault).__name__)
            reading.unreadable += 1
            reports, flags = [], "FS"
        for report in reports:
            reading.reports += 1
            for name in await _heed(report, now=now):
                setattr(reading, name, getattr(reading, name) + 1)
        # Another reader may have moved it: what it reports is the same, whoever heeds it.
        with ignore(FileNotFoundError):
            message.rename(folder / "cur" / f"{message.name.partition(':')[0]}:2,{flags}")
    return reading


def _reports(message: Path, return_path: str) -> list[Report]:
    if message.stat().st_size > MAX_BYTES:
        return []
    return read_reports(message.read_bytes(), return_path=return_path)


@patiently
async def _heed(report: Report, *, now: datetime) -> list[str]:
    """Act on one report; returns what of `Reading` it adds one to. Repeated, it is the same."""
    if report.letter_id is None:
        return ["unknown"]
    async with transaction() as session:
        reminder = await session.get(Reminder, report.letter_id, with_for_update=True)
        letter = await session.get(Letter, report.letter_id, with_for_update=True)
        if letter is not None:
            about = _About(letter.to_address)
        elif reminder is not None and reminder.address is not None:
            about = _About(reminder.address, reminder)
        else:
            return ["unknown"]
        if report.what is What.DELAYED:
            return []
        counts = []
        if letter is not None and report.what is What.FAILED:
            counts += await _came_back(session, letter, report.reply, now=now)
        if report.is_about(about.email):
            return counts + await _heed_mailbox(session, about, report, now=now)
        return [*counts, "elsewhere"]


class _About(NamedTuple):
    """The mailbox that a report is about."""

    email: str
    #: Where the letter was one.
    reminder: Reminder | None = None


async def _heed_mailbox(
    session: AsyncSession, about: _About, report: Report, *, now: datetime
) -> list[str]:
    key, of = mailbox_of(about.email), about.reminder.id if about.reminder else None
    if report.what is What.COMPLAINT:
        is_new = await suppress(session, key, why=Why.COMPLAINED, now=now, reminder_id=of)
        return ["suppressed"] if is_new else []
    reply = without_addresses(report.reply, about.email)
    if about.reminder is not None and about.reminder.status == ReminderStatus.SENT:
        about.reminder.status, about.reminder.reason = ReminderStatus.FAILED, NotSent.REFUSED
        about.reminder.server_reply = reply
    meaning = meaning_of(report.reply)
    if meaning is Meaning.MAILBOX:
        is_new = await gone(session, key, reply, now=now, reminder_id=of)
        return ["suppressed"] if is_new else []
    if meaning is Meaning.DOUBTFUL:
        await in_doubt(session, key, reply, now=now, reminder_id=of)
        return ["undecided"]
    return []


async def _came_back(
    session: AsyncSession, letter: Letter, reply: str, *, now: datetime
) -> list[str]:
    """Say on the request that its e-mail did not arrive, once."""
    if letter.status != LetterStatus.SENT or letter.came_back_at is not None:
        return []
    letter.came_back_at = now
    letter.server_reply = without_addresses(reply, letter.to_address)
    if letter.request_id is None:
        return []
    request = await session.get_one(Request, letter.request_id)
    came_back = EventName.LETTER_CAME_BACK
    record(session, request, came_back, by=PIPELINE, now=now, reason_code=letter.letter)
    await ring(session)
    return ["on_requests"]
