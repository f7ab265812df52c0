"""What other systems were not told, or handed in for nothing: as operations see it."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.submission_jobs import SubmissionJob
from models.webhooks import Webhook, WebhookSubscription
from rules.requests.letter_status import LetterStatus
from rules.webhooks.states import SubscriptionState


@dataclass(frozen=True)
class MachineTroubles:
    """Nobody's data: subscriptions have numbers."""

    #: The subscriptions whose receivers said that they are gone, each with the instant.
    gone: tuple[tuple[str, datetime], ...]
    #: Webhooks that were given up, and that nobody has sent again.
    webhooks_failed: int
    #: Files that a fault of ours ended, or that ended as their system was revoked.
    files_failed: int


async def machine_troubles(session: AsyncSession, *, limit: int) -> MachineTroubles:
    """What is kept of it still; at most so many subscriptions."""
    gone = (
        select(WebhookSubscription.id, WebhookSubscription.state_since)
        .where(col(WebhookSubscription.state) == SubscriptionState.GONE)
        .order_by(col(WebhookSubscription.state_since), col(WebhookSubscription.id))
        .limit(limit)
    )
    webhooks = select(func.count()).where(col(Webhook.status) == LetterStatus.FAILED)
    files = select(func.count()).where(col(SubmissionJob.has_failed))
    return MachineTroubles(
        gone=tuple((await session.exec(gone)).all()),
        webhooks_failed=(await session.exec(webhooks)).one(),
        files_failed=(await session.exec(files)).one(),
    )
