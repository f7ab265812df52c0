"""Notice that mail does not leave, and that it leaves again: once for all processes."""

import logging
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.letters import release_letters
from models.mail_outages import begin_outage, end_outage
from models.reminders.outbox import release

logger = logging.getLogger("mumaris.letters")


async def mail_is_away(session: AsyncSession, *, reason: str, now: datetime) -> None:
    """Nothing leaves, because of us or of our mail server. Said at the first refusal only."""
    if await begin_outage(session, reason=reason, now=now):
        logger.warning("mail does not leave: %s", reason)


async def mail_leaves(session: AsyncSession, *, now: datetime) -> None:
    """Something left: if nothing did before, what waited because of us is due now."""
    since = await end_outage(session, now=now)
    if since is not None:
        logger.warning("mail leaves again; it did not since %s", since.isoformat("T", "minutes"))
        await release_letters(session, now=now)
        await release(session, now=now)
