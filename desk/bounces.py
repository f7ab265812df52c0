"""Read the reports of letters that did not arrive, and stop writing to mailboxes that are gone."""

import mailbox
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mail.bounces import Bounce, read_bounces
from mail.outcomes import without_addresses
from mail.refusals import Meaning, meaning_of
from models.database import patiently, transaction
from models.reminders import Reminder
from models.suppressions import Why, suppress


@dataclass
class Reading:
    """What a Maildir held, in numbers."""

    messages: int = 0
    reports: int = 0
    #: Addresses that get no more reminders from now on.
    suppressed: int = 0
    #: Reports of letters that are not ours, or no reminders.
    unknown: int = 0


async def read_maildir(folder: Path, *, now: datetime) -> Reading:
    """Read what is new in the Maildir; each message then moves from ``new`` to ``cur``.

    Read again it changes nothing; killed in the middle it goes on with what is still new.
    """
    maildir = mailbox.Maildir(str(folder), create=False)
    reading = Reading()
    try:
        for key in sorted(maildir.keys()):
            message = maildir[key]
            if message.get_subdir() != "new":
                continue
            reading.messages += 1
            for bounce in read_bounces(maildir.get_bytes(key)):
                reading.reports += 1
                await _heed(bounce, reading, now=now)
            message.set_subdir("cur")
            message.add_flag("S")
            maildir[key] = message
    finally:
        maildir.close()
    return reading


@patiently
async def _heed(bounce: Bounce, reading: Reading, *, now: datetime) -> None:
    async with transaction() as session:
        reminder = await session.get(Reminder, bounce.letter_id)
        if reminder is None or reminder.address is None:
            reading.unknown += 1
        elif bounce.is_permanent and meaning_of(bounce.reply) is Meaning.MAILBOX:
            reading.suppressed += await suppress(
                session,
                reminder.address,
                why=Why.BOUNCED,
                now=now,
                server_reply=without_addresses(bounce.reply, reminder.address),
                reminder_id=reminder.id,
            )
