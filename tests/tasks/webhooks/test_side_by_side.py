"""Receivers beside each other: one that hangs delays its own webhooks, and nobody else's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta

import pytest
from sqlmodel import col, select

import tasks.webhooks.delivery
import tasks.webhooks.passes
from desk.clock import utc_now
from models.database import transaction
from models.webhooks import Webhook
from support.patience import Patience
from support.people import RAHUL, contact_change
from support.receiver import WebhookReceiver, hang, subscribed
from support.requests import request_at_gate
from tasks.webhooks.network import Names, Network, network
from tasks.webhooks.passes import Deliveries

Line = AbstractAsyncContextManager[Network]
#: More than the lines that all receivers share, or than threads asked for names, before.
MANY = 70
#: Of each request its being submitted and its coming to the gate are told.
EACH = 2


@pytest.fixture(autouse=True)
def waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What hangs, hangs until the test ends."""

    def patient(*, networks: Sequence[str], within: float, names: Names) -> Line:
        return network(networks=networks, within=within * 3600, names=names)

    monkeypatch.setattr(tasks.webhooks.delivery, "network", patient)


@pytest.fixture
async def healthy() -> AsyncIterator[WebhookReceiver]:
    """A receiver that answers."""
    async with WebhookReceiver() as here:
        yield here


async def another_request() -> None:
    """Of somebody else."""
    rahul = RAHUL["registration_number"]
    wish = contact_change(registration_number=rahul, idempotency_key="rahul-mobile-1")
    await request_at_gate(wish, now=utc_now())


async def until(holds: Callable[[], bool]) -> None:
    """Wait for this, as long as it takes a busy machine."""
    patience = Patience(60)
    while not holds() and not patience.is_at_its_end:  # noqa: ASYNC110 - others' sockets
        await asyncio.sleep(0.02)
    assert holds()


@asynccontextmanager
async def meanwhile(work: Awaitable[object]) -> AsyncIterator[asyncio.Task[object]]:
    """While this goes on; it is cut at the end."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def never_tried(subscription_id: str) -> int:
    """How many of its webhooks wait, with no attempt that ended."""
    async with transaction() as session:
        query = select(Webhook).where(
            col(Webhook.subscription_id) == subscription_id,
            col(Webhook.status) == "queued",
            col(Webhook.attempts) == 0,
        )
        return len((await session.exec(query)).all())


async def test_one_that_hangs_delays_its_own_alone(
    receiver: WebhookReceiver, healthy: WebhookReceiver
) -> None:
    """What happens while it hangs is told to the other in the same pass."""
    receiver.answers(hang)
    slow = await subscribed(receiver.url())
    await subscribed(healthy.url())
    await request_at_gate(now=utc_now())

    async with meanwhile(Deliveries().one_pass(now=utc_now())) as one_pass:
        await until(lambda: len(healthy.received) == EACH and len(receiver.received) == EACH)
        await another_request()
        await until(lambda: len(healthy.received) == 2 * EACH)
        assert not one_pass.done()
        assert await never_tried(slow.subscription_id) == 2 * EACH

    assert len({each.id for each in healthy.received}) == 2 * EACH


async def test_the_next_pass_goes_on_beside_one_that_hangs(
    receiver: WebhookReceiver, healthy: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass ends, and the one that hangs is asked no more often for it."""
    monkeypatch.setattr(tasks.webhooks.passes, "PASS_WITHIN", timedelta(seconds=0.2))
    monkeypatch.setattr(tasks.webhooks.passes, "PROMPT", 0.1)
    receiver.answers(hang)
    slow = await subscribed(receiver.url())
    await subscribed(healthy.url())
    await request_at_gate(now=utc_now())
    deliveries = Deliveries()

    async def passes() -> None:
        while True:
            await deliveries.one_pass(now=utc_now())

    async with meanwhile(passes()):
        await until(lambda: len(healthy.received) == EACH and len(receiver.received) == EACH)
        await another_request()
        await until(lambda: len(healthy.received) == 2 * EACH)
        assert await never_tried(slow.subscription_id) == 2 * EACH

    assert len(receiver.received) == EACH


async def test_many_that_hang_delay_one_that_answers_no_more_than_one_does(
    receiver: WebhookReceiver, healthy: WebhookReceiver
) -> None:
    """However many they are."""
    receiver.answers(hang)
    for _ in range(MANY):
        await subscribed(receiver.url())
    await subscribed(healthy.url())
    await request_at_gate(now=utc_now())

    async with meanwhile(Deliveries().one_pass(now=utc_now())):
        await until(lambda: len(receiver.received) == MANY * EACH)
        await another_request()
        await until(lambda: len(healthy.received) == 2 * EACH)


async def test_with_all_shared_lines_taken_each_receiver_has_one(
    receiver: WebhookReceiver, healthy: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that hang take what they had when they began to, and nobody's last line."""
    monkeypatch.setattr(tasks.webhooks.passes, "LINES_SHARED", 3)
    receiver.answers(hang)
    for _ in range(9):
        await subscribed(receiver.url())
    await request_at_gate(now=utc_now())

    async with meanwhile(Deliveries().one_pass(now=utc_now())):
        await until(lambda: len(receiver.received) == 9 + 3)
        await subscribed(healthy.url())
        await another_request()
        await until(lambda: len(healthy.received) == EACH)
        assert len(receiver.received) == 9 + 3


async def test_a_name_server_that_hangs_delays_its_receiver_alone(
    receiver: WebhookReceiver, healthy: WebhookReceiver
) -> None:
    """Each takes one thread, however many webhooks wait for it."""
    ended, asked = threading.Event(), list[str]()

    def resolve(host: str, _port: int) -> Sequence[str]:
        if host == "healthy.example.org":
            return ["127.0.0.1"]
        asked.append(host)
        ended.wait()
        return ["127.0.0.1"]

    for _ in range(MANY):
        await subscribed(receiver.url("hr.example.org"))
    await request_at_gate(now=utc_now())

    try:
        async with meanwhile(Deliveries(resolve).one_pass(now=utc_now())):
            await until(lambda: len(asked) == MANY)
            await subscribed(healthy.url("healthy.example.org"))
            await another_request()
            await until(lambda: len(healthy.received) == EACH)
            assert len(asked) == MANY
    finally:
        ended.set()


async def test_what_is_cut_loses_nothing(
    receiver: WebhookReceiver, healthy: WebhookReceiver
) -> None:
    """What was answered is written down; what was not is owed, as after a death."""
    receiver.answers(hang)
    slow = await subscribed(receiver.url())
    fast = await subscribed(healthy.url())
    await request_at_gate(now=utc_now())

    async with meanwhile(Deliveries().one_pass(now=utc_now())):
        await until(lambda: len(healthy.received) == EACH and len(receiver.received) == EACH)

    assert await never_tried(slow.subscription_id) == EACH
    assert await never_tried(fast.subscription_id) == 0
