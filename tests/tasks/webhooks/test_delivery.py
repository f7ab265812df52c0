"""Webhooks leave, signed, at least once; what a receiver does not take is tried again."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import col, select, update

from desk.clock import utc_now
from desk.machines import webhooks
from models.database import transaction
from models.webhooks import Webhook, WebhookSubscription
from rules.requests.letter_status import LetterStatus
from rules.webhooks.answers import given_up_after
from support.people import NOURA, contact_change, register_applicant
from support.policies import frozen_policy
from support.receiver import WebhookReceiver, status, subscribed
from support.requests import request_at_gate
from tasks.webhooks import passes
from tasks.webhooks.passes import deliver_webhooks, forget_old_webhooks

MINUTE = timedelta(minutes=1)


async def rows() -> list[Webhook]:
    """Every webhook, in the order of its event."""
    async with transaction() as session:
        return list((await session.exec(select(Webhook).order_by(col(Webhook.event_id)))).all())


async def the_subscription() -> WebhookSubscription:
    """The one that there is."""
    async with transaction() as session:
        return (await session.exec(select(WebhookSubscription))).one()


async def test_a_change_is_told_signed_and_once(receiver: WebhookReceiver) -> None:
    """In codes, as a CloudEvent, with the secret that was shown."""
    made = await subscribed(receiver.url())
    code = await request_at_gate(now=utc_now())

    tried = [await deliver_webhooks(now=utc_now()) for _ in "12"]

    assert (tried, sorted(receiver.told)) == ([2, 0], ["submitted", "under_review"])
    assert all(each.is_signed_by(made.secret) for each in receiver.received)
    told = next(each for each in receiver.received if each.event["data"]["status_before"])
    assert told.headers["content-type"] == "application/cloudevents+json"
    assert told.target == "/hook?of=mumaris"
    assert told.event["id"] == told.id
    assert told.event["data"] == {
        "tracking_code": code,
        "kind": "profile_update",
        "status": "under_review",
        "status_before": "submitted",
        "reason_code": None,
        "round": 1,
    }


async def test_nobody_s_data_travel(receiver: WebhookReceiver) -> None:
    """Not in the body, not in a header."""
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())

    travelled = [f"{each.headers}{each.body.decode()}" for each in receiver.received]
    theirs = [f"{value}" for name, value in NOURA.items() if name not in {"nationality", "rank"}]
    assert len(travelled) == 2
    assert not [value for value in theirs if any(value in each for each in travelled)]


async def test_only_events_that_were_asked_for_are_told(receiver: WebhookReceiver) -> None:
    """Named as in the events' types or bare."""
    await subscribed(receiver.url(), "mumaris.request.under_review", "activated")
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())

    assert receiver.told == ["under_review"]


async def test_what_was_not_taken_is_tried_again_with_the_same_id(
    receiver: WebhookReceiver,
) -> None:
    """Not before its time; the same content, and another time of the attempt."""
    await subscribed(receiver.url(), "submitted")
    receiver.answers(status(500), status(204))
    await request_at_gate(now=utc_now())
    now = utc_now()

    tried = [
        await deliver_webhooks(now=now + wait) for wait in (MINUTE * 0, MINUTE * 0.5, MINUTE * 1.1)
    ]

    first, second = receiver.received
    assert tried == [1, 0, 1]
    assert (first.id, first.body) == (second.id, second.body)
    assert [(row.status, row.attempts, row.reply) for row in await rows()] == [("sent", 2, "204")]


async def test_a_receiver_that_fails_is_sent_one_at_a_time(receiver: WebhookReceiver) -> None:
    """The rest of its webhooks wait untried, and leave together once it takes one."""
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())
    await deliver_webhooks(now=utc_now())
    receiver.received.clear()
    receiver.answers(status(503))
    async with transaction() as session:
        await session.exec(update(Webhook).values(status=LetterStatus.QUEUED, attempts=0))
    failing = await the_subscription()
    async with transaction() as session:
        (await session.get_one(WebhookSubscription, failing.id)).at_once = 1
    now = utc_now()

    failed = await deliver_webhooks(now=now)
    rests = await deliver_webhooks(now=now + MINUTE * 0.9)
    receiver.answers(status(200))
    taken = await deliver_webhooks(now=now + MINUTE * 1.1)

    assert (failed, rests, taken) == (1, 0, 2)
    assert {row.status for row in await rows()} == {"sent"}
    assert ((await the_subscription()).failures, (await the_subscription()).rests_until) == (
        0,
        None,
    )


async def test_one_that_is_never_taken_is_given_up_and_listed(receiver: WebhookReceiver) -> None:
    """With all that have waited as long behind it; sent again by hand, it keeps its id."""
    made = await subscribed(receiver.url())
    receiver.answers(status(500))
    code = await request_at_gate(now=utc_now())
    await deliver_webhooks(now=utc_now())
    later = utc_now() + given_up_after(frozen_policy().webhooks)

    await deliver_webhooks(now=later)
    given_up = await webhooks.failures(subscription_id=made.subscription_id, limit=9)
    receiver.answers(status(204))
    asked_again = [
        await webhooks.replay(made.subscription_id, code, now=later + MINUTE) for _ in "12"
    ]
    owed_since = {row.created_at for row in await rows()}
    await webhooks.resume(made.subscription_id, by="ops", now=later)
    await deliver_webhooks(now=later + MINUTE)

    assert [(each.tracking_code, each.webhook.status) for each in given_up] == [
        (code, "failed")
    ] * 2
    assert asked_again == [2, 0]
    assert owed_since == {later + MINUTE}
    assert {row.status for row in await rows()} == {"sent"}
    ids = [each.id for each in receiver.received]
    assert len(set(ids)) == 2 < len(ids)


async def test_a_receiver_that_is_gone_is_left_alone_until_it_is_resumed(
    receiver: WebhookReceiver,
) -> None:
    """The list says so; what happens meanwhile is kept for it."""
    made = await subscribed(receiver.url())
    receiver.answers(status(410))
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())
    at_410 = len(receiver.received)
    (seen,) = await webhooks.subscriptions(limit=9)
    ignored = await deliver_webhooks(now=utc_now() + timedelta(days=1))
    receiver.answers(status(204))
    resumed = await webhooks.resume(made.subscription_id, by="ops", now=utc_now())
    await deliver_webhooks(now=utc_now())

    assert (seen.subscription.state, seen.waiting) == ("gone", 2)
    assert (ignored, resumed) == (0, True)
    assert {row.status for row in await rows()} == {"sent"}
    assert len(receiver.received) == at_410 + 2


async def test_a_paused_subscription_keeps_what_happens(receiver: WebhookReceiver) -> None:
    """And sends it when it is resumed; paused twice is paused."""
    made = await subscribed(receiver.url())
    paused = [await webhooks.pause(made.subscription_id, by="ops", now=utc_now()) for _ in "12"]
    await request_at_gate(now=utc_now())

    silent = await deliver_webhooks(now=utc_now())
    await webhooks.resume(made.subscription_id, by="ops", now=utc_now())
    told = await deliver_webhooks(now=utc_now())

    assert (paused, silent, told) == ([True, False], 0, 2)


async def test_two_secrets_sign_while_one_is_rotated(receiver: WebhookReceiver) -> None:
    """For policy's hours; afterwards, and with a lost one at once, the new one alone."""
    first = await subscribed(receiver.url(), "submitted")
    second = await webhooks.rotate_secret(first.subscription_id, now=utc_now())
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now())
    third = await webhooks.rotate_secret(first.subscription_id, at_once=True, now=utc_now())
    await webhooks.replay(first.subscription_id, is_of_all=True, now=utc_now())
    await deliver_webhooks(now=utc_now())

    both, alone = receiver.received
    assert both.is_signed_by(first.secret)
    assert both.is_signed_by(second.secret)
    assert alone.is_signed_by(third.secret)
    assert not alone.is_signed_by(second.secret)
    assert len(alone.headers["webhook-signature"].split(" ")) == 1


async def test_two_senders_at_once_tell_each_once(receiver: WebhookReceiver) -> None:
    """A webhook is held by one of them at a time."""
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())
    now = utc_now()

    await asyncio.gather(*(deliver_webhooks(now=now) for _ in "1234"))

    assert sorted(receiver.told) == ["submitted", "under_review"]


async def test_what_is_done_with_is_forgotten(receiver: WebhookReceiver) -> None:
    """After policy's days, and not before."""
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())
    await deliver_webhooks(now=utc_now())
    kept = timedelta(days=frozen_policy().webhooks.keep_days)

    await forget_old_webhooks(now=utc_now() + kept - MINUTE)
    before = len(await rows())
    await forget_old_webhooks(now=utc_now() + kept + MINUTE)

    assert (before, await rows()) == (2, [])


async def test_a_receiver_that_takes_all_is_told_more_without_a_rest(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told few at first; while it takes them, however long, nothing is rested for."""
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())
    number = (await register_applicant()).registration_number
    await request_at_gate(contact_change(registration_number=number), now=utc_now())
    async with transaction() as session:
        await session.exec(update(WebhookSubscription).values(at_once=2))
    rest, rests, sleep = 0.00125, list[float](), asyncio.sleep
    monkeypatch.setattr(passes, "LOOK_AFTER", rest)

    async def noted(seconds: float) -> None:
        rests.append(seconds)
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", noted)

    tried = await deliver_webhooks(now=utc_now())

    assert (tried, rests.count(rest)) == (4, 0)
