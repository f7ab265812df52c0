"""How the e-mails fare: what waits and why, since when none leaves, and what needs a hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from models.database import transaction
from models.letters import Overdue, failed_letters, overdue_letters, waiting_letters
from models.mail_outages import outage
from models.reminders.mailbox_doubts import count_doubts
from models.reminders.outbox import failed_reminders, waiting_reminders

#: A reminder that failed longer ago is no work any more: its card or profile has moved on.
_REMINDERS_SINCE = timedelta(days=30)
#: A pass that sends what is due comes every few seconds.
_SENT_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class MailState:
    """The outbox in figures; nobody's data."""

    #: E-mails about requests that wait, and reminders.
    letters_waiting: int
    reminders_waiting: int
    #: Of both, how many wait because we or our mail server must mend something.
    waiting_for_us: int
    #: When the oldest of those that wait was written.
    oldest_since: datetime | None
    #: What the mail server said last about one that waits; without addresses.
    last_reason: str | None
    #: Since when nothing leaves; None while mail leaves.
    away_since: datetime | None
    away_reason: str | None
    #: E-mails about requests and accounts that should have been tried by now, and were not.
    letters_overdue: Overdue
    #: E-mails about requests that failed or came back, and are neither sent again nor dropped.
    letters_failed: int
    #: Reminders of the last month that failed, and whose address is not suppressed.
    reminders_failed: int
    #: Mailboxes that were refused in words which may mean that they are gone.
    doubtful_mailboxes: int

    def oldest_age(self, now: datetime) -> timedelta | None:
        """How long the oldest e-mail has waited."""
        return None if self.oldest_since is None else now - self.oldest_since


async def mail_state(*, now: datetime | None = None) -> MailState:
    """Read the figures; changes nothing."""
    async with transaction() as session:
        return await read_mail_state(session, now=now or utc_now())


async def read_mail_state(session: AsyncSession, *, now: datetime) -> MailState:
    """The same, in the caller's transaction."""
    letters = await waiting_letters(session)
    reminders = await waiting_reminders(session)
    away = await outage(session)
    return MailState(
        letters_waiting=letters.number,
        reminders_waiting=reminders.number,
        waiting_for_us=letters.for_us + reminders.for_us,
        oldest_since=min(filter(None, (letters.oldest, reminders.oldest)), default=None),
        last_reason=letters.reason or reminders.reason,
        away_since=away.began_at if away else None,
        away_reason=away.reason if away else None,
        letters_overdue=await overdue_letters(session, before=now - _SENT_WITHIN),
        letters_failed=await failed_letters(session),
        reminders_failed=await failed_reminders(session, since=now - _REMINDERS_SINCE),
        doubtful_mailboxes=await count_doubts(session),
    )
