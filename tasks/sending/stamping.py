"""What became of a set of attempts, and what that says of mailboxes and of us."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.mail.mailboxes import heed_refusal
from desk.mail.news import mail_is_away, mail_leaves
from mail.delivering.backoff import next_attempt
from mail.delivering.outcomes import Deferred, DeferredKind, Outcome
from models.database import patiently, transaction
from models.reminders.mailbox_doubts import believe
from rules.requests.letter_status import LetterStatus
from rules.values.email_address import mailbox_of
from tasks.sending.outbox import Ended, L, Outbox

logger = logging.getLogger("mumaris.letters")


def is_of_us(outcome: Outcome) -> bool:
    """Whether the mail server refused us, and would refuse any other letter as well."""
    if not isinstance(outcome, Deferred):
        return False
    return outcome.about_us and outcome.kind is not DeferredKind.COMPOSING


@patiently
async def write_down(
    outbox: Outbox[L],
    tried: Sequence[tuple[L, Outcome]],
    returned: Sequence[L],
    *,
    now: datetime,
    is_away: bool,
) -> Counter[str]:
    """Stamp what was tried and give back what was not, together; how many ended how.

    ``is_away`` is whether a refusal of us now means that nothing leaves.
    """
    async with transaction() as session:
        ended = [await _judged(session, *one, now=now) for one in tried]
        await outbox.stamp(session, ended, now)
        await outbox.give_back(session, returned, now, is_away)
        sent = [one for one in ended if one.sent]
        await believe(session, [mailbox_of(one.letter.to) for one in sent])
        if sent:
            await mail_leaves(session, now=now)
        of_us = [one for one in ended if is_of_us(one.outcome)]
        if of_us and is_away and not sent:
            await mail_is_away(session, reason=of_us[0].outcome.reply, now=now)
    for one in () if is_away else of_us:
        if one.letter.attempts == 0:
            logger.warning("e-mail %s waits because of us: %s", one.letter.id, one.outcome.reply)
    return Counter(_status(one) for one in ended)


async def _judged(session: AsyncSession, letter: L, outcome: Outcome, *, now: datetime) -> Ended[L]:
    """Tried again later until there were too many tries; about us, as long as it takes."""
    is_gone = await heed_refusal(
        session, mailbox_of(letter.to), outcome, now=now, reminder_id=letter.reminder_id
    )
    again = None
    if isinstance(outcome, Deferred) and not is_gone:
        again = next_attempt(letter.attempts + 1, now, about_us=outcome.about_us)
    return Ended(letter, outcome, again)


def _status(ended: Ended[L]) -> LetterStatus:
    if ended.again is not None:
        return LetterStatus.QUEUED
    return LetterStatus.SENT if ended.sent else LetterStatus.FAILED
