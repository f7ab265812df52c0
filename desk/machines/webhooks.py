"""What operations do with webhooks: tell a machine of events, pause that, and send them again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.accounts.machines import MachineRevoked
from desk.machines.webhook_secrets import add_secret
from desk.policy import current_policy
from models.database import transaction
from models.machines import find_machine
from models.webhooks import (
    FailedWebhook,
    SubscriptionSeen,
    WebhookSubscription,
    end_secrets,
    failed_webhooks,
    find_subscription,
    list_subscriptions,
    remove_subscription,
    replay_webhooks,
)
from rules.accounts.machines import MAY, MachineAct, clean_machine_name
from rules.errors import Refused
from rules.values.tracking_code import parse_tracking_code
from rules.webhooks.events import clean_events
from rules.webhooks.receivers import read_receiver
from rules.webhooks.signing import write_secret
from rules.webhooks.states import SubscriptionState


class HearsOfNothing(Refused):
    """A machine of this kind sees no request, so it is told of none."""


@dataclass(frozen=True, repr=False)
class NewSecret:
    """A secret that was just made: it is told once."""

    subscription_id: str
    secret: str
    #: Until when the one before signs too; None where there is none.
    before_ends_at: datetime | None


async def subscribe(
    machine: str, url: str, events: Sequence[str] = (), *, by: str, now: datetime
) -> NewSecret:
    """Tell a machine at this address of these events, or of all; what happened before is not told.

    Raises `MachineUnknown`, `MachineRevoked`, `HearsOfNothing`, `ReceiverRefused`, `EventUnknown`,
    `NotAMachineName`, and as `DocumentSettings.master_keys`; then nothing is kept.
    """
    statuses = clean_events(events)
    receiver = read_receiver(url, current_policy().webhooks)
    async with transaction() as session:
        found = await find_machine(session, clean_machine_name(machine), lock=True)
        if found.revoked_at is not None:
            raise MachineRevoked
        if MachineAct.READ not in MAY[found.kind]:
            raise HearsOfNothing
        made = WebhookSubscription(
            id=secrets.token_hex(10),
            machine_id=found.id,
            url=receiver.url,
            events=list(statuses),
            made_at=now,
            made_by=by,
            state_since=now,
        )
        session.add(made)
        await session.flush()
        secret = await add_secret(session, made.id, now=now)
        return NewSecret(made.id, write_secret(secret), None)


async def pause(subscription_id: str, *, by: str, now: datetime) -> bool:
    """Let nothing of it leave; whether that was changed. What happens is kept for it.

    Raises `SubscriptionUnknown`.
    """
    return await _put(subscription_id, SubscriptionState.PAUSED, by=by, now=now)


async def resume(subscription_id: str, *, by: str, now: datetime) -> bool:
    """Let its webhooks leave, those that waited first; whether that was changed.

    A receiver that is left alone for a while as it did not answer is asked at once. Raises
    `SubscriptionUnknown`.
    """
    return await _put(subscription_id, SubscriptionState.ACTIVE, by=by, now=now)


async def rotate_secret(subscription_id: str, *, at_once: bool = False, now: datetime) -> NewSecret:
    """A new secret; the one before signs too for policy's hours, or (``at_once``) no more.

    Raises `SubscriptionUnknown`, and as `DocumentSettings.master_keys`.
    """
    overlap = 0 if at_once else current_policy().webhooks.secret_overlap_hours
    ends_at = now + timedelta(hours=overlap)
    async with transaction() as session:
        found = await find_subscription(session, subscription_id, lock=True)
        await end_secrets(session, found.id, at=ends_at)
        secret = await add_secret(session, found.id, now=now)
        return NewSecret(found.id, write_secret(secret), ends_at)


async def unsubscribe(subscription_id: str) -> None:
    """Forget the subscription, its secrets, and what it was told.

    Raises `SubscriptionUnknown`, also the second time.
    """
    async with transaction() as session:
        found = await find_subscription(session, subscription_id, lock=True)
        await remove_subscription(session, found.id)


async def replay(
    subscription_id: str,
    tracking_code: str | None = None,
    *,
    is_of_all: bool = False,
    now: datetime,
) -> int:
    """Send again what was given up, or (``is_of_all``) delivered as well; how many.

    Of one request or of all; each with the id that it had. Repeated before they leave, it finds
    none. Raises `SubscriptionUnknown`, `NotATrackingCode`.
    """
    code = None if tracking_code is None else parse_tracking_code(tracking_code)
    async with transaction() as session:
        found = await find_subscription(session, subscription_id)
        return await replay_webhooks(
            session, found.id, tracking_code=code, is_of_all=is_of_all, now=now
        )


async def subscriptions(*, limit: int) -> list[SubscriptionSeen]:
    """The subscriptions, by their machines' names."""
    async with transaction() as session:
        return await list_subscriptions(session, limit=limit)


async def failures(*, subscription_id: str | None = None, limit: int) -> list[FailedWebhook]:
    """What was given up, the last one first; raises `SubscriptionUnknown` for a number of none."""
    async with transaction() as session:
        if subscription_id is not None:
            await find_subscription(session, subscription_id)
        return await failed_webhooks(session, subscription_id=subscription_id, limit=limit)


async def _put(subscription_id: str, state: SubscriptionState, *, by: str, now: datetime) -> bool:
    async with transaction() as session:
        found = await find_subscription(session, subscription_id, lock=True)
        found.failures, found.rests_until = 0, None
        if found.state is state:
            return False
        found.state, found.state_since, found.state_by = state, now, by
        return True
