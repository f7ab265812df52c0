"""What receivers do to us: they hang, redirect, never end, and lead into our own network."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlmodel import col, select

import tasks.webhooks.network
import tasks.webhooks.passes
from desk.clock import utc_now
from models.database import transaction
from models.webhooks import Webhook
from support.people import RAHUL, contact_change
from support.receiver import (
    SEES_ALL,
    Answer,
    WebhookReceiver,
    drip,
    endless,
    hang,
    status,
    subscribed,
    webhooks_may_come_here,
)
from support.requests import request_at_gate
from tasks.webhooks.passes import deliver_webhooks

PUBLIC = "93.184.215.14"


async def the_reply() -> str | None:
    """How the attempt ended."""
    async with transaction() as session:
        query = select(Webhook.reply).order_by(col(Webhook.event_id)).limit(1)
        return (await session.exec(query)).one()


async def told_at(url: str, *answers: Sequence[str]) -> str | None:
    """How telling it there ends, where the name leads to these addresses, one set after another."""
    await subscribed(url, "submitted")
    await request_at_gate(now=utc_now())
    left = list(answers)

    def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    await deliver_webhooks(now=utc_now(), resolve=resolve)
    return await the_reply()


@pytest.mark.parametrize("answer", [hang, drip])
async def test_a_receiver_that_does_not_answer_in_time_is_left(
    receiver: WebhookReceiver, answer: Answer
) -> None:
    """Silent, or with a letter now and then: all of it has one limit."""
    receiver.answers(answer)

    assert await told_at(receiver.url(), ["127.0.0.1"]) == "no answer in time"


async def test_a_body_without_an_end_is_not_read(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status has come, and counts; how long its body may take does not end it here."""
    monkeypatch.setattr(tasks.webhooks.network, "BODY_WITHIN", 3600.0)
    receiver.answers(endless)

    assert await told_at(receiver.url(), ["127.0.0.1"]) == "200"


async def test_one_that_hangs_is_left_alone_for_a_while(receiver: WebhookReceiver) -> None:
    """Others leave beside it, and afterwards."""
    receiver.answers(hang)
    async with WebhookReceiver() as other:
        await subscribed(receiver.url())
        await subscribed(other.url())
        await request_at_gate(now=utc_now())

        await deliver_webhooks(now=utc_now())
        before = len(receiver.received)
        rahul = RAHUL["registration_number"]
        await request_at_gate(
            contact_change(registration_number=rahul, idempotency_key="rahul-mobile-1"),
            now=utc_now(),
        )
        await deliver_webhooks(now=utc_now())

    assert len(other.received) == 4
    assert len(receiver.received) == before > 0


async def test_a_redirect_is_not_followed(receiver: WebhookReceiver) -> None:
    """Wherever it leads: the address was judged, and that one was not."""
    async with WebhookReceiver() as elsewhere:
        receiver.answers(status(307, f"Location: {elsewhere.url()}"))

        assert await told_at(receiver.url(), ["127.0.0.1"]) == "it answered 307"
        assert elsewhere.received == []


@pytest.mark.parametrize(
    "leads_to",
    [
        ["127.0.0.2"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:192.168.0.1"],
        [PUBLIC, "172.16.0.1"],
        [],
    ],
)
async def test_a_name_that_leads_into_our_network_is_refused(
    receiver: WebhookReceiver, leads_to: list[str]
) -> None:
    """Whatever else it leads to: nothing is sent."""
    said = await told_at(receiver.url("hr.example.org"), leads_to)

    assert said == "its name leads where webhooks may not go"
    assert receiver.received == []


async def test_a_name_is_asked_for_once_a_connection(receiver: WebhookReceiver) -> None:
    """The second answer, into our own network, is one that nobody asks for."""
    said = await told_at(receiver.url("hr.example.org"), ["127.0.0.1"], ["127.0.0.2"])

    assert said == "204"
    assert receiver.received[0].headers["host"] == f"hr.example.org:{receiver.port}"


async def test_a_name_that_changes_later_is_judged_again(receiver: WebhookReceiver) -> None:
    """A new connection asks anew."""
    await told_at(receiver.url("hr.example.org"), ["127.0.0.1"])
    await request_at_gate(now=utc_now())

    await deliver_webhooks(now=utc_now(), resolve=lambda *_: ["127.0.0.2"])

    assert len(receiver.received) == 1


async def test_an_address_that_policy_refuses_by_now_is_not_reached(
    receiver: WebhookReceiver, tmp_path: Path
) -> None:
    """Policy is asked when it leaves, not only when it was added."""
    await subscribed(receiver.url(), "submitted")
    await request_at_gate(now=utc_now())
    no_more = ("plain_http = true", "plain_http = false")
    with webhooks_may_come_here(tmp_path, no_more, SEES_ALL):
        await deliver_webhooks(now=utc_now())

    assert (await the_reply(), receiver.received) == ("policy refuses its address", [])


async def test_a_proxy_of_the_environment_is_not_asked(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would resolve the name itself."""
    async with WebhookReceiver() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert await told_at(receiver.url("hr.example.org"), ["127.0.0.1"]) == "204"
        assert proxy.received == []


async def test_the_first_failure_keeps_the_rest_from_being_tried(
    receiver: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in hand for a receiver that has just failed is given back."""
    monkeypatch.setattr(tasks.webhooks.passes, "LINES", 1)
    await subscribed(receiver.url())
    await request_at_gate(now=utc_now())
    receiver.answers(status(500))

    tried = await deliver_webhooks(now=utc_now())

    assert (tried, len(receiver.received)) == (1, 1)
