"""Pipelined delivery against a real server, in every way it can go wrong."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import pytest

from mail.composing.message import Message, compose
from mail.delivering.outcomes import Accepted, Deferred, DeferredKind, Outcome, Undeliverable
from mail.delivering.pipelining import PipeliningCourier
from mail.preview.samples import CREATED_AT, samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from support.smtp import At, SmtpRecorder

TO = "salma@example.org"
LETTER_ID = UUID("0b7f7c1e-6c0a-4a57-9d0e-3d2f5e1a9c44")


def settings_of(server: SmtpRecorder) -> MailSettings:
    return MailSettings(
        smtp_host="127.0.0.1",
        smtp_port=server.port,
        smtp_timeout_seconds=1,
        mail_from="cards@mumaris.example.org",
    )


def message(to: str = TO) -> Message:
    return compose(
        samples(Language.AR)[0].facts,
        to=to,
        letter_id=LETTER_ID,
        created_at=CREATED_AT,
        settings=MailSettings(mail_from="cards@mumaris.example.org"),
    )


@pytest.fixture
async def server() -> AsyncIterator[SmtpRecorder]:
    """A server that can pipeline."""
    async with SmtpRecorder(extensions=("PIPELINING", "8BITMIME", "SMTPUTF8")) as recorder:
        yield recorder


@pytest.fixture
async def courier(server: SmtpRecorder) -> AsyncIterator[PipeliningCourier]:
    """One connection to it."""
    async with PipeliningCourier(settings_of(server)) as courier:
        yield courier


async def test_letters_arrive_as_they_were_composed(
    server: SmtpRecorder, courier: PipeliningCourier
) -> None:
    """Envelope and content, byte for byte, over one connection."""
    outcomes = [await courier.deliver(message(), to=TO) for _ in range(3)]

    assert outcomes[0] == Accepted("250 2.0.0 queued as 1")
    assert all(isinstance(each, Accepted) for each in outcomes)
    assert server.connections == 1
    assert [taken.content for taken in server.accepted] == [message().content] * 3
    assert server.accepted[0].sender == "cards@mumaris.example.org"
    assert server.accepted[0].recipients == (TO,)


async def test_a_line_that_begins_with_a_dot_arrives(
    server: SmtpRecorder, courier: PipeliningCourier
) -> None:
    """Also one that is nothing else, which would end the content."""
    content = b"Subject: x\r\n\r\n.\r\n..two\r\n.end\r\n"

    await courier.deliver(replace(message(), content=content), to=TO)

    assert server.accepted[0].content == content


FAULTS: list[At] = ["MAIL", "RCPT", "DATA", "CONTENT"]


@pytest.mark.parametrize("at", FAULTS)
@pytest.mark.parametrize("code", [421, 451])
async def test_a_temporary_refusal_defers_and_the_next_letter_arrives(
    server: SmtpRecorder, courier: PipeliningCourier, at: At, code: int
) -> None:
    """421 closes the connection, 451 does not."""
    server.will(at, f"{code} 4.3.2 later")

    refused = await courier.deliver(message(), to=TO)
    accepted = await courier.deliver(message(), to=TO)

    assert refused == Deferred(f"{code} 4.3.2 later", DeferredKind.BUSY)
    assert isinstance(accepted, Accepted)
    assert len(server.accepted) == 1


@pytest.mark.parametrize("at", ["RCPT", "DATA", "CONTENT"])
async def test_a_permanent_refusal_is_final_and_the_next_letter_arrives(
    server: SmtpRecorder, courier: PipeliningCourier, at: At
) -> None:
    """A server that takes DATA although nobody is to get it receives an empty content."""
    server.will(at, f"550 5.1.1 <{TO}>: no")

    refused = await courier.deliver(message(), to=TO)
    accepted = await courier.deliver(message(), to=TO)

    assert refused == Undeliverable("550 5.1.1 (address): no")
    assert isinstance(refused, Undeliverable)
    assert refused.of_recipient
    assert isinstance(accepted, Accepted)
    assert [taken.content for taken in server.accepted if taken.recipients] == [message().content]


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MIDDLE", "CONTENT"])
async def test_a_dropped_connection_defers_and_the_next_letter_arrives(
    server: SmtpRecorder, courier: PipeliningCourier, at: At
) -> None:
    """Wherever it drops."""
    server.will(at)

    first = await courier.deliver(message(), to=TO)
    second = await courier.deliver(message(), to=TO)

    assert isinstance(first, Deferred)
    assert isinstance(second, Accepted)


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA", "CONTENT"])
async def test_a_server_that_says_nothing_is_left(
    server: SmtpRecorder, courier: PipeliningCourier, at: At
) -> None:
    """After the time that a reply may take; once the content is out it may have been taken."""
    server.will(at, hang=True)

    outcome = await courier.deliver(message(), to=TO)

    assert isinstance(outcome, Deferred)
    assert outcome.about_us == (at != "CONTENT")
    assert isinstance(await courier.deliver(message(), to=TO), Accepted)


async def test_an_idle_connection_that_was_closed_is_opened_again(
    server: SmtpRecorder, courier: PipeliningCourier
) -> None:
    """It says nothing about the letter."""
    await courier.deliver(message(), to=TO)
    await server.drop_idle()

    assert isinstance(await courier.deliver(message(), to=TO), Accepted)


async def test_a_server_that_cannot_pipeline_gets_its_letters_one_reply_at_a_time() -> None:
    """And so does an address beyond ASCII."""
    async with (
        SmtpRecorder() as plain,
        PipeliningCourier(settings_of(plain)) as courier,
    ):
        outcomes: list[Outcome] = [
            await courier.deliver(message(), to=TO),
            await courier.deliver(message("سلمى@example.org"), to="سلمى@example.org"),
        ]

    assert [type(each) for each in outcomes] == [Accepted, Accepted]


async def test_a_cancelled_delivery_leaves_no_reply_to_the_next(
    server: SmtpRecorder, courier: PipeliningCourier
) -> None:
    """The connection is given up."""
    server.will("CONTENT", hang=True)
    delivery = asyncio.create_task(courier.deliver(message(), to=TO))
    await server.hangs.wait()
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery

    assert isinstance(await courier.deliver(message(), to=TO), Accepted)


async def test_the_server_hears_goodbye(server: SmtpRecorder) -> None:
    """When the courier is done."""
    async with PipeliningCourier(settings_of(server)) as courier:
        await courier.deliver(message(), to=TO)

    assert server.commands[-1] == "QUIT"


async def test_a_server_that_is_away_defers(server: SmtpRecorder) -> None:
    """Nobody listens there."""
    await server.stop()
    async with PipeliningCourier(settings_of(server)) as courier:
        outcome = await courier.deliver(message(), to=TO)

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONNECTION
