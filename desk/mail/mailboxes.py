"""What the answers of mail servers say about a mailbox, and what follows for its reminders."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.policy import current_policy
from mail.delivering.outcomes import Deferred, DeferredKind, Outcome, Undeliverable
from models.reminders.mailbox_doubts import doubt
from models.reminders.suppressions import suppress
from rules.reminders.suppression import Why
from rules.values.email_address import mailbox_of


async def heed_refusal(
    session: AsyncSession,
    email: str,
    outcome: Outcome,
    *,
    now: datetime,
    reminder_id: UUID | None = None,
) -> bool:
    """Suppress a mailbox that is gone; whether it is, in the caller's transaction.

    Gone is what the server names so, and what it has refused for as many days as policy says in
    words that may mean that. Repeated, it changes nothing.
    """
    if isinstance(outcome, Undeliverable) and outcome.of_recipient:
        await gone(session, email, outcome.reply, now=now, reminder_id=reminder_id)
        return True
    if isinstance(outcome, Deferred) and outcome.kind is DeferredKind.DOUBTFUL:
        return await in_doubt(session, email, outcome.reply, now=now, reminder_id=reminder_id)
    return False


async def gone(
    session: AsyncSession,
    email: str,
    reply: str,
    *,
    now: datetime,
    reminder_id: UUID | None = None,
) -> bool:
    """No more reminders to a mailbox that is not there; whether that is new."""
    return await suppress(
        session,
        mailbox_of(email),
        why=Why.BOUNCED,
        now=now,
        server_reply=reply,
        reminder_id=reminder_id,
    )


async def in_doubt(
    session: AsyncSession,
    email: str,
    reply: str,
    *,
    now: datetime,
    reminder_id: UUID | None = None,
) -> bool:
    """The mailbox was refused in doubtful words; whether for so long that it counts as gone."""
    since = await doubt(session, mailbox_of(email), reply=reply, now=now)
    days = current_policy().reminders.suppress_doubtful_after_days
    if now - since < timedelta(days=days):
        return False
    await gone(session, email, reply, now=now, reminder_id=reminder_id)
    return True
