"""Delivery against a real server on a real socket, in every way it can go wrong."""

import asyncio
import socket
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from mail.addresses import AddressMalformed
from mail.composing.message import Message, compose
from mail.delivering.courier import Courier
from mail.delivering.outcomes import Accepted, Deferred, DeferredKind, Outcome, Undeliverable
from mail.preview.samples import CREATED_AT, samples
from mail.settings import MailSettings
from mail.wording.languages import Language
from support.smtp import At, SmtpRecorder, deliver_alone

TO = "salma@example.org"
LETTER_ID = UUID("0b7f7c1e-6c0a-4a57-9d0e-3d2f5e1a9c44")


def _settings(port: int, **more: object) -> MailSettings:
    chosen = {"smtp_host": "127.0.0.1", "smtp_port": port, "smtp_timeout_seconds": 5, **more}
    return MailSettings.model_validate({"mail_from": "letters@mumaris.example.org", **chosen})


def _message(to: str = TO) -> Message:
    return compose(
        samples(Language.AR)[0].facts,
        to=to,
        letter_id=LETTER_ID,
        created_at=CREATED_AT,
        settings=_settings(25),
    )


async def _deliver(server: SmtpRecorder, **settings: object) -> Outcome:
    return await deliver_alone(_message(), to=TO, settings=_settings(server.port, **settings))


@pytest.fixture(params=[(), ("PIPELINING",)], ids=["one reply at a time", "pipelining"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[SmtpRecorder]:
    """A server that can pipeline, and one that cannot: the same is promised with both."""
    async with SmtpRecorder(extensions=("8BITMIME", "SMTPUTF8", *request.param)) as recorder:
        yield recorder


async def test_a_letter_arrives_as_it_was_composed(server: SmtpRecorder) -> None:
    """Envelope and content, byte for byte."""
    outcome = await _deliver(server)

    assert outcome == Accepted("250 2.0.0 queued as 1")
    assert server.accepted[0].sender == "letters@mumaris.example.org"
    assert server.accepted[0].recipients == (TO,)
    assert server.accepted[0].content == _message().content


async def test_the_server_hears_goodbye(server: SmtpRecorder) -> None:
    """And is greeted by the sender's domain."""
    await _deliver(server)

    assert server.commands[0] == "EHLO mumaris.example.org"
    assert server.commands[-1] == "QUIT"


TEMPORARY: list[At] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"]


@pytest.mark.parametrize("at", TEMPORARY)
@pytest.mark.parametrize("code", [421, 451])
async def test_a_temporary_refusal_defers(server: SmtpRecorder, at: At, code: int) -> None:
    """421 closes the connection, 451 does not; both mean later."""
    server.will(at, f"{code} 4.3.2 later")

    assert await _deliver(server) == Deferred(f"{code} 4.3.2 later", DeferredKind.BUSY)
    assert server.accepted == []


@pytest.mark.parametrize("at", ["RCPT", "DATA", "CONTENT"])
async def test_a_permanent_refusal_of_the_letter_is_final(server: SmtpRecorder, at: At) -> None:
    """The reply is kept without the address."""
    server.will(at, f"550 5.1.1 <{TO}> unknown")

    outcome = await _deliver(server)

    assert outcome == Undeliverable("550 5.1.1 (address) unknown")
    assert isinstance(outcome, Undeliverable)
    assert outcome.of_recipient


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "MAIL"])
async def test_a_permanent_refusal_of_us_defers(server: SmtpRecorder, at: At) -> None:
    """Our configuration is at fault, not the letter."""
    server.will(at, "554 5.7.1 not you")

    outcome = await _deliver(server)

    assert outcome == Deferred("554 5.7.1 not you", DeferredKind.CONFIGURATION)


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MIDDLE"])
async def test_a_dropped_connection_defers(server: SmtpRecorder, at: At) -> None:
    """Wherever it drops."""
    server.will(at)

    outcome = await _deliver(server)

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONNECTION
    assert server.accepted == []


async def test_a_drop_before_the_final_answer_defers_though_the_letter_may_have_arrived(
    server: SmtpRecorder,
) -> None:
    """At least once; the second copy carries the same Message-ID."""
    server.will("CONTENT")

    first, second = await _deliver(server), await _deliver(server)

    assert isinstance(first, Deferred)
    assert isinstance(second, Accepted)
    assert len({taken.message["Message-ID"] for taken in server.accepted}) == 1
    assert len(server.accepted) == 2


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MIDDLE", "CONTENT"])
async def test_a_server_that_says_nothing_is_not_waited_for(server: SmtpRecorder, at: At) -> None:
    """The time of one reply is a setting."""
    server.will(at, hang=True)

    outcome = await _deliver(server, smtp_timeout_seconds=0.2)

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.TIMEOUT
    assert outcome.about_us == (at not in {"MIDDLE", "CONTENT"})


async def test_a_refused_connection_defers() -> None:
    """Nothing listens on the port: it is bound and not listened on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        settings = _settings(held.getsockname()[1])

        outcome = await deliver_alone(_message(), to=TO, settings=settings)

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONNECTION


async def test_an_unknown_host_defers() -> None:
    """``.invalid`` never resolves (RFC 6761)."""
    settings = _settings(25, smtp_host="mail.invalid")

    outcome = await deliver_alone(_message(), to=TO, settings=settings)

    # A resolver that does not answer is told apart from one that says no.
    assert isinstance(outcome, Deferred)
    assert outcome.kind in {DeferredKind.CONNECTION, DeferredKind.TIMEOUT}


async def test_a_host_name_that_is_none_is_our_configuration() -> None:
    """It cannot even be looked up."""
    settings = _settings(25, smtp_host="mail..example")

    outcome = await deliver_alone(_message(), to=TO, settings=settings)

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONFIGURATION


async def test_an_answer_that_is_not_smtp_defers(server: SmtpRecorder) -> None:
    """Another service listens there."""
    server.will("CONNECT", "HTTP/1.1 400 Bad Request")

    outcome = await _deliver(server)

    assert outcome == Deferred("the server's answer is not SMTP", DeferredKind.CONNECTION)


async def test_wrong_credentials_defer_as_configuration() -> None:
    """Somebody must look at the settings; the letters wait."""
    async with SmtpRecorder(credentials=("mumaris", "right")) as server:
        outcome = await _deliver(server, smtp_username="mumaris", smtp_password="wrong")

    assert outcome == Deferred("535 5.7.8 wrong", DeferredKind.CONFIGURATION)


async def test_right_credentials_sign_in() -> None:
    """AUTH PLAIN."""
    async with SmtpRecorder(credentials=("mumaris", "right")) as server:
        outcome = await _deliver(server, smtp_username="mumaris", smtp_password="right")

    assert isinstance(outcome, Accepted)


async def test_a_server_without_auth_is_our_configuration(server: SmtpRecorder) -> None:
    """We were told to sign in, and cannot."""
    outcome = await _deliver(server, smtp_username="mumaris", smtp_password="x")

    assert isinstance(outcome, Deferred)
    assert outcome.kind is DeferredKind.CONFIGURATION


async def test_an_arabic_local_part_is_delivered_where_the_server_can(server: SmtpRecorder) -> None:
    """With SMTPUTF8 asked for."""
    to = "سلمى@example.org"

    outcome = await deliver_alone(_message(to), to=to, settings=_settings(server.port))

    assert isinstance(outcome, Accepted)
    assert server.accepted[0].recipients == (to,)
    assert "SMTPUTF8" in server.accepted[0].options


async def test_an_arabic_local_part_is_refused_where_the_server_cannot() -> None:
    """Trying again would not help."""
    to = "سلمى@example.org"
    async with SmtpRecorder(extensions=()) as server:
        outcome = await deliver_alone(_message(to), to=to, settings=_settings(server.port))

    assert isinstance(outcome, Undeliverable)
    assert "SMTPUTF8" in outcome.reply


async def test_one_connection_carries_many_letters(server: SmtpRecorder) -> None:
    """One greeting for three letters."""
    async with Courier(_settings(server.port)) as courier:
        outcomes = [await courier.deliver(_message(), to=TO) for _ in range(3)]

    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert (server.connections, len(server.accepted)) == (1, 3)


async def test_a_refused_letter_does_not_spoil_the_next(server: SmtpRecorder) -> None:
    """The connection is reset and goes on."""
    server.will("RCPT", "550 5.1.1 unknown")

    async with Courier(_settings(server.port)) as courier:
        outcomes = [await courier.deliver(_message(), to=TO) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Undeliverable, Accepted]
    assert server.connections == 1
    assert "RSET" in server.commands


@pytest.mark.parametrize("at", ["MAIL", "RCPT"])
async def test_no_content_of_a_refused_letter_is_taken_for_the_next_one(
    server: SmtpRecorder, at: At
) -> None:
    """A server that accepts DATA although nobody is to get it receives an empty content."""
    server.will(at, f"550 5.1.1 <{TO}>: no")

    async with Courier(_settings(server.port)) as courier:
        refused, accepted = [await courier.deliver(_message(), to=TO) for _ in range(2)]

    assert not isinstance(refused, Accepted)
    assert isinstance(accepted, Accepted)
    assert [taken.content for taken in server.accepted if taken.recipients] == [_message().content]


@pytest.mark.parametrize("at", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "MIDDLE", "CONTENT"])
@pytest.mark.parametrize("hang", [False, True])
async def test_after_a_broken_line_or_a_silence_the_next_letter_arrives(
    server: SmtpRecorder, at: At, hang: bool
) -> None:
    """Over a new connection."""
    server.will(at, hang=hang)

    async with Courier(_settings(server.port, smtp_timeout_seconds=0.2)) as courier:
        first, second = [await courier.deliver(_message(), to=TO) for _ in range(2)]

    assert isinstance(first, Deferred)
    assert isinstance(second, Accepted)


@pytest.mark.parametrize("at", ["RCPT", "DATA", "CONTENT"])
async def test_after_a_421_the_next_letter_gets_a_new_connection(
    server: SmtpRecorder, at: At
) -> None:
    """The server said that it closes."""
    server.will(at, "421 4.3.2 closing")

    async with Courier(_settings(server.port)) as courier:
        outcomes = [await courier.deliver(_message(), to=TO) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Deferred, Accepted]
    assert server.connections == 2


async def test_a_failed_reset_gives_the_next_letter_a_new_connection(server: SmtpRecorder) -> None:
    """A connection in an unknown state is not used."""
    server.will("RCPT", "450 4.2.1 busy")
    server.will("RSET", "500 what?")

    async with Courier(_settings(server.port)) as courier:
        outcomes = [await courier.deliver(_message(), to=TO) for _ in range(2)]

    assert [type(outcome) for outcome in outcomes] == [Deferred, Accepted]
    assert server.connections == 2


@pytest.mark.parametrize("farewell", ["421 4.4.2 idle too long", None])
async def test_an_idle_connection_that_the_server_gave_up_costs_no_attempt(
    server: SmtpRecorder, farewell: str | None
) -> None:
    """The letter goes over a new one at once."""
    async with Courier(_settings(server.port)) as courier:
        await courier.deliver(_message(), to=TO)
        server.will("MAIL", farewell)

        outcome = await courier.deliver(_message(), to=TO)

    assert isinstance(outcome, Accepted)
    assert server.connections == 2


async def test_a_connection_that_was_dropped_while_idle_is_opened_again(
    server: SmtpRecorder,
) -> None:
    """It says nothing about the letter."""
    async with Courier(_settings(server.port)) as courier:
        await courier.deliver(_message(), to=TO)
        await server.drop_idle()

        assert isinstance(await courier.deliver(_message(), to=TO), Accepted)


async def test_a_restarted_server_is_found_again(server: SmtpRecorder) -> None:
    """The courier outlives it."""
    async with Courier(_settings(server.port)) as courier:
        await courier.deliver(_message(), to=TO)
        await server.stop()
        while_down = await courier.deliver(_message(), to=TO)
        await server.start()
        after = await courier.deliver(_message(), to=TO)

    assert isinstance(while_down, Deferred)
    assert isinstance(after, Accepted)


async def test_letters_given_at_once_go_one_after_the_other(server: SmtpRecorder) -> None:
    """One connection has one conversation."""
    async with Courier(_settings(server.port)) as courier:
        outcomes = await asyncio.gather(
            *(courier.deliver(_message(), to=f"p{n}@example.org") for n in range(5))
        )

    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert server.connections == 1


async def test_a_cancelled_delivery_leaves_no_answer_for_the_next(server: SmtpRecorder) -> None:
    """The connection is closed, and the next letter has its own."""
    server.will("RCPT", hang=True)

    async with Courier(_settings(server.port, smtp_timeout_seconds=600)) as courier:
        delivery = asyncio.create_task(courier.deliver(_message(), to=TO))
        await server.hangs.wait()
        delivery.cancel()
        with pytest.raises(asyncio.CancelledError):
            await delivery
        outcome = await courier.deliver(_message(), to=TO)

    assert isinstance(outcome, Accepted)
    assert server.connections == 2


async def test_a_goodbye_that_is_not_answered_changes_nothing(server: SmtpRecorder) -> None:
    """What was accepted is accepted."""
    server.will("QUIT")

    assert isinstance(await _deliver(server), Accepted)


async def test_a_line_that_begins_with_a_dot_arrives(server: SmtpRecorder) -> None:
    """It does not end the content."""
    message = Message(content=b"A: b\r\n\r\n.\r\n..\r\n", needs_smtputf8=False)

    await deliver_alone(message, to=TO, settings=_settings(server.port))

    assert server.accepted[0].content == message.content


async def test_what_is_no_address_never_reaches_the_server(server: SmtpRecorder) -> None:
    """Nor does a second recipient or a second command."""
    with pytest.raises(AddressMalformed):
        await deliver_alone(_message(), to="a@x.org> SIZE=1", settings=_settings(server.port))

    assert server.connections == 0
