"""Holds of webhooks, one door at a time."""

from datetime import timedelta

import pytest

from desk.clock import utc_now
from desk.machines import webhooks
from documents.keys import new_master_key
from models.database import glances, transaction
from models.webhook_outbox import HeldWebhook, hold_webhooks, webhooks_still_held
from support.machines import key_of
from support.people import register_people
from support.receiver import subscribed
from support.requests import request_at_gate

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def subscription(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """One that is owed two webhooks."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())
    await register_people()
    await key_of()
    made = await subscribed("https://hr.example.org/")
    await request_at_gate()
    return made.subscription_id


async def held(subscription: str, limit: int = 9) -> list[HeldWebhook]:
    """What can be held now."""
    async with transaction() as session:
        return await hold_webhooks(session, subscription, now=utc_now(), lease=MINUTE, limit=limit)


async def still_held(ones: list[HeldWebhook]) -> int:
    """How many of these may leave."""
    async with glances() as connection:
        return len(await webhooks_still_held(connection, ones))


async def test_whoever_comes_while_others_hold_waits_for_nobody(subscription: str) -> None:
    """Rows that another transaction is just holding are passed over."""
    async with transaction() as session:
        first = await hold_webhooks(session, subscription, now=utc_now(), lease=MINUTE, limit=1)
        second = await held(subscription)

    assert (len(first), len(second)) == (1, 1)
    assert {one.id for one in first}.isdisjoint(one.id for one in second)


async def test_what_is_held_is_nobody_else_s(subscription: str) -> None:
    """Until the hold ends."""
    ours = await held(subscription)

    assert (len(ours), await held(subscription), await still_held(ours)) == (2, [], 2)


async def test_nothing_of_a_paused_subscription_is_held(subscription: str) -> None:
    """Nor does what is held leave."""
    ours = await held(subscription, limit=1)
    await webhooks.pause(subscription, by="ops", now=utc_now())

    assert (await held(subscription), await still_held(ours)) == ([], 0)


async def test_nothing_is_due_before_its_time(subscription: str) -> None:
    """By the caller's clock."""
    async with transaction() as session:
        early = await hold_webhooks(
            session, subscription, now=utc_now() - MINUTE * 9999, lease=MINUTE, limit=9
        )

    assert early == []
