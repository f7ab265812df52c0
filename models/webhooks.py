"""Webhooks: where other systems are told of what happens, their secrets, and each telling as a row.

A row is written with the change that it tells of (`OWE`), leaves by `models.webhook_outbox`, and
goes when policy's days are over. Nobody's data are here: an event of a request's history is named.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel, col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.machines import Machine
from models.requests import Request, RequestEvent
from models.statements import execute
from rules.errors import NotFound
from rules.requests.letter_status import LetterStatus
from rules.webhooks.states import SubscriptionState

#: Webhooks that one receiver is sent at a time: it begins with the first number, which grows
#: fourfold while it takes them, up to the second; one that does not is sent one.
AT_ONCE = (64, 1_000)
_NAMES: Any = ARRAY(String)
_QUEUED = text("status = 'queued'")


class SubscriptionUnknown(NotFound):
    """No subscription has this number."""


class WebhookSubscription(SQLModel, table=True):
    """That a machine is told of some events, at an address."""

    __tablename__ = "webhook_subscriptions"
    __table_args__ = (known("state", SubscriptionState, name="a_subscription_has_a_known_state"),)

    id: str = Field(primary_key=True)
    machine_id: UUID = Field(foreign_key="machines.id", index=True)
    url: str
    #: The statuses that it hears of.
    events: list[str] = Field(sa_type=_NAMES)
    state: SubscriptionState = Field(
        default=SubscriptionState.ACTIVE, sa_type=named(SubscriptionState)
    )
    made_at: datetime = instant()
    made_by: str
    #: When it came to that state, and by which login; None where the receiver's answer did it.
    state_since: datetime = instant()
    state_by: str | None = None
    #: Failures in a row, and until when the receiver is left alone after the last of them.
    failures: int = 0
    rests_until: datetime | None = optional_instant()
    at_once: int = AT_ONCE[0]


class WebhookSecret(SQLModel, table=True):
    """By which a subscription's webhooks are signed, wrapped by the documents' master key."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        ForeignKeyConstraint(["subscription_id"], ["webhook_subscriptions.id"], ondelete="CASCADE"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    subscription_id: str = Field(index=True)
    secret: str
    made_at: datetime = instant()
    #: It signs no more from then on; None for the one in use.
    ends_at: datetime | None = optional_instant()


class Webhook(SQLModel, table=True):
    """One telling: an event for a subscription."""

    __tablename__ = "webhooks"
    __table_args__ = (
        ForeignKeyConstraint(["subscription_id"], ["webhook_subscriptions.id"], ondelete="CASCADE"),
        UniqueConstraint("subscription_id", "event_id", name="an_event_is_told_once"),
        known("status", LetterStatus, name="a_webhook_has_a_known_status"),
        Index("webhooks_to_send", "subscription_id", "next_attempt_at", postgresql_where=_QUEUED),
        Index(
            "webhooks_held",
            "subscription_id",
            postgresql_where=text("status = 'queued' AND lease IS NOT NULL"),
        ),
        Index("webhooks_failed", "settled_at", postgresql_where=text("status = 'failed'")),
        Index("webhooks_to_forget", "settled_at", postgresql_where=text("status <> 'queued'")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    subscription_id: str
    event_id: int = Field(foreign_key="request_events.id", index=True)
    status: LetterStatus = Field(default=LetterStatus.QUEUED, sa_type=named(LetterStatus))
    #: From when it is owed: the change, or when it was asked for again.
    created_at: datetime = instant()
    next_attempt_at: datetime = instant()
    #: Attempts that have ended.
    attempts: int = 0
    lease: UUID | None = None
    leased_until: datetime | None = optional_instant()
    #: How the last attempt ended, in our words: a receiver's own may hold anything.
    reply: str | None = None
    settled_at: datetime | None = optional_instant()


class SubscriptionSeen(NamedTuple):
    """A subscription, whose it is, and what it has waiting and given up."""

    subscription: WebhookSubscription
    machine: str
    waiting: int
    failed: int


class FailedWebhook(NamedTuple):
    """A webhook that was given up, and what it tells: the request, and its status."""

    webhook: Webhook
    tracking_code: str
    status: str


async def find_subscription(
    session: AsyncSession, subscription_id: str, *, lock: bool = False
) -> WebhookSubscription:
    """The subscription of this number; raises `SubscriptionUnknown`."""
    query = select(WebhookSubscription).where(col(WebhookSubscription.id) == subscription_id)
    found = (await session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise SubscriptionUnknown
    return found


async def list_subscriptions(session: AsyncSession, *, limit: int) -> list[SubscriptionSeen]:
    """The subscriptions by their machine's name, then in the order in which they were made."""
    query = (
        select(WebhookSubscription, Machine.name)
        .join(Machine, col(Machine.id) == col(WebhookSubscription.machine_id))
        .order_by(Machine.name, col(WebhookSubscription.made_at), WebhookSubscription.id)
        .limit(limit)
    )
    found = (await session.exec(query)).all()
    wanted = [LetterStatus.QUEUED, LetterStatus.FAILED]
    of_status = col(Webhook.status)
    counted = (
        select(Webhook.subscription_id, Webhook.status, func.count())
        .where(of_status.in_(wanted))
        .group_by(col(Webhook.subscription_id), of_status)
    )
    counts = {(each, status): n for each, status, n in (await session.exec(counted)).all()}
    return [
        SubscriptionSeen(one, name, *(counts.get((one.id, status), 0) for status in wanted))
        for one, name in found
    ]


async def remove_subscription(session: AsyncSession, subscription_id: str) -> None:
    """Forget it, its secrets and its webhooks."""
    await session.exec(
        delete(WebhookSubscription).where(col(WebhookSubscription.id) == subscription_id)
    )


async def end_secrets(session: AsyncSession, subscription_id: str, *, at: datetime) -> None:
    """Let every secret of the subscription end at that instant, where it does not end before."""
    ends_later = col(WebhookSecret.ends_at).is_(None) | (col(WebhookSecret.ends_at) > at)
    await session.exec(
        update(WebhookSecret)
        .where(col(WebhookSecret.subscription_id) == subscription_id, ends_later)
        .values(ends_at=at)
        .execution_options(synchronize_session=False)
    )


async def secrets_in_use(
    session: AsyncSession, subscription_ids: Sequence[str], *, now: datetime
) -> dict[str, list[WebhookSecret]]:
    """The secrets by which each of these subscriptions signs now, the newest first."""
    works = col(WebhookSecret.ends_at).is_(None) | (col(WebhookSecret.ends_at) > now)
    query = (
        select(WebhookSecret)
        .where(col(WebhookSecret.subscription_id).in_(subscription_ids), works)
        .order_by(col(WebhookSecret.made_at).desc(), col(WebhookSecret.id))
    )
    found: dict[str, list[WebhookSecret]] = {}
    for secret in (await session.exec(query)).all():
        found.setdefault(secret.subscription_id, []).append(secret)
    return found


async def failed_webhooks(
    session: AsyncSession, *, subscription_id: str | None, limit: int
) -> list[FailedWebhook]:
    """Those that were given up, the last one first."""
    query = (
        select(Webhook, Request.tracking_code, RequestEvent.what)
        .join(RequestEvent, col(RequestEvent.id) == col(Webhook.event_id))
        .join(Request, col(Request.id) == col(RequestEvent.request_id))
        .where(col(Webhook.status) == LetterStatus.FAILED)
        .order_by(col(Webhook.settled_at).desc(), col(Webhook.id))
        .limit(limit)
    )
    if subscription_id is not None:
        query = query.where(col(Webhook.subscription_id) == subscription_id)
    return [FailedWebhook(*row) for row in (await session.exec(query)).all()]


async def replay_webhooks(
    session: AsyncSession,
    subscription_id: str,
    *,
    tracking_code: str | None,
    is_of_all: bool,
    now: datetime,
) -> int:
    """Owe anew what was given up, or (``is_of_all``) delivered too; how many.

    Of all requests or of one. Each keeps its id, so whoever had it can drop it.
    """
    ended = [LetterStatus.FAILED, *([LetterStatus.SENT] if is_of_all else [])]
    statement = (
        update(Webhook)
        .where(col(Webhook.subscription_id) == subscription_id, col(Webhook.status).in_(ended))
        .values(
            status=LetterStatus.QUEUED,
            created_at=now,
            next_attempt_at=now,
            attempts=0,
            settled_at=None,
        )
        .execution_options(synchronize_session=False)
    )
    if tracking_code is not None:
        of_request = (
            select(RequestEvent.id)
            .join(Request, col(Request.id) == col(RequestEvent.request_id))
            .where(col(Request.tracking_code) == tracking_code)
        )
        statement = statement.where(col(Webhook.event_id).in_(of_request))
    return (await session.exec(statement)).rowcount


_FORGET = text("""
DELETE FROM webhooks WHERE id IN (
    SELECT id FROM webhooks WHERE status <> 'queued' AND settled_at < :before LIMIT :limit
)
""")
_GIVE_UP_PAUSED = text("""
UPDATE webhooks SET status = 'failed', settled_at = :now, reply = 'its subscription was paused'
FROM webhook_subscriptions AS paused
WHERE webhooks.subscription_id = paused.id AND paused.state <> 'active'
    AND webhooks.status = 'queued' AND webhooks.created_at < :before
""")


async def forget_webhooks(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete what was delivered or given up before then; how many."""
    return (await execute(session, _FORGET, {"before": before, "limit": limit})).rowcount


async def give_up_paused(session: AsyncSession, *, after: timedelta, now: datetime) -> None:
    """Give up what a paused subscription is owed for so long."""
    await execute(session, _GIVE_UP_PAUSED, {"before": now - after, "now": now})
