"""Delivery over SMTP. How it ends is a value: nothing that a server or a network does is raised."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple, Self

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from mail.addresses import envelope_address
from mail.composing.message import Message
from mail.delivering.outcomes import (
    Accepted,
    Deferred,
    DeferredKind,
    Outcome,
    Undeliverable,
    Withheld,
    judge,
    without_addresses,
)
from mail.delivering.refusals import SmtpStage
from mail.settings import MailSettings

#: The server ends the connection (RFC 5321 4.2.3): too many letters on it, or a restart.
_GOING_AWAY = 421
#: Asked right before a letter's content travels: whether it may.
MayGo = Callable[[], Awaitable[bool]]


async def always() -> bool:
    """Nothing holds the letter back."""
    return True


class Envelope(NamedTuple):
    """Whom a letter is from and to, as the server is told, and whether it may still go."""

    sender: str
    recipient: str
    may_go: MayGo


class Courier:
    """Delivers many messages, one after the other, over one connection that is opened when needed.

    An async context manager. After a refusal the connection is reset and goes on; after a 421, a
    timeout or a broken line the next message gets a new one.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._sender = envelope_address(settings.mail_from, "From")
        self._turn = asyncio.Lock()
        self._smtp = smtp_client(settings, self._sender)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None and self._smtp.is_connected:
            # A goodbye that fails changes nothing: what was accepted is accepted.
            with contextlib.suppress(SMTPException, OSError):
                await self._smtp.quit()
        self._smtp.close()

    async def deliver(
        self, message: Message, *, to: str, sender: str | None = None, may_go: MayGo = always
    ) -> Outcome:
        """Hand the message to the server, for this one recipient.

        `Accepted` once the server has confirmed the whole content. Repeating an accepted delivery
        sends a second copy with the same Message-ID. ``sender`` is where reports about this letter
        go; ``may_go`` is asked right before the content. Raises only
        `mail.addresses.AddressMalformed` and `HeaderUnsafe`, for an address that is none, and what
        ``may_go`` raises.
        """
        recipient = envelope_address(to, "To")
        envelope = Envelope(sender or self._sender, recipient, may_go)
        async with self._turn:
            outcome = await self._deliver(message, envelope)
        return replace(outcome, reply=without_addresses(outcome.reply, recipient))

    async def _deliver(self, message: Message, envelope: Envelope) -> Outcome:
        reused = self._smtp.is_connected
        exchange = _Exchange(self._smtp, envelope, message)
        outcome = await exchange.run()
        if reused and exchange.ended_before_the_content and not self._smtp.is_connected:
            # The server had enough of the connection; that says nothing about this letter.
            outcome = await _Exchange(self._smtp, envelope, message).run()
        return outcome


class _Exchange:
    """One message's turn on the connection; leaves it clean for the next, or closed."""

    def __init__(self, smtp: SMTP, envelope: Envelope, message: Message) -> None:
        self._smtp = smtp
        self._sender, self._recipient, self._may_go = envelope
        self._message = message
        self.stage = SmtpStage.SESSION
        #: A 421, or a line that broke, before the server had anything of this letter's content.
        self.ended_before_the_content = False

    async def run(self) -> Outcome:
        try:
            return await self._converse()
        except SMTPResponseException as answer:
            await self._clean_up(answer.code)
            before = self.stage in {SmtpStage.SENDER, SmtpStage.RECIPIENT}
            self.ended_before_the_content = before and answer.code == _GOING_AWAY
            if answer.code < 0:
                return not_smtp(self.stage)
            return judge(answer.code, answer.message, self.stage)
        except TimeoutError:
            self._smtp.close()
            return no_answer(self.stage)
        except (SMTPException, OSError) as fault:
            self._smtp.close()
            self.ended_before_the_content = self.stage is SmtpStage.SENDER
            return judge_fault(fault, self.stage)
        except BaseException:
            # Cancelled in the middle of a command: the next answer would be taken for another's.
            self._smtp.close()
            raise

    async def _converse(self) -> Outcome:
        utf8 = self._message.needs_smtputf8 or not self._recipient.isascii()
        if not self._smtp.is_connected:
            await self._connect()
        if self._smtp.is_ehlo_or_helo_needed:
            await self._smtp.ehlo()
        if utf8 and not self._smtp.supports_extension("smtputf8"):
            return Undeliverable(
                "the mail server cannot take an address beyond ASCII (no SMTPUTF8)"
            )
        self.stage = SmtpStage.SENDER
        await self._smtp.mail(
            self._sender,
            options=["SMTPUTF8", "BODY=8BITMIME"] if utf8 else [],
            encoding="utf-8" if utf8 else "ascii",
        )
        self.stage = SmtpStage.RECIPIENT
        await self._smtp.rcpt(self._recipient, encoding="utf-8" if utf8 else "ascii")
        if not await self._may_go():
            await self._smtp.rset()
            return Withheld()
        self.stage = SmtpStage.CONTENT
        answer = await self._smtp.data(self._message.content)
        return Accepted(f"{answer.code} {answer.message}")

    async def _connect(self) -> None:
        try:
            await self._smtp.connect()
        except ValueError as fault:
            # A host name that cannot be encoded; everything else has a better error.
            raise SMTPException(str(fault)) from fault

    async def _clean_up(self, code: int) -> None:
        if self.stage is SmtpStage.SESSION or code < 0:
            self._smtp.close()
            return
        try:
            # After a 421 the server is gone, and this finds it out.
            await self._smtp.rset()
        except (SMTPException, OSError):
            self._smtp.close()


def not_smtp(stage: SmtpStage) -> Deferred:
    """Whoever answered is no mail server, or was cut off in the middle of a line."""
    reply = "the server's answer is not SMTP"
    return Deferred(reply, DeferredKind.CONNECTION, about_us=_before_the_letter(stage))


def no_answer(stage: SmtpStage) -> Deferred:
    """The server's time is over."""
    reply = f"no answer in time ({stage})"
    return Deferred(reply, DeferredKind.TIMEOUT, about_us=_before_the_letter(stage))


def _before_the_letter(stage: SmtpStage) -> bool:
    """Whether nothing of the letter's content was on the way: then the fault is about us.

    After that the server may have taken it, and who tries for ever would send it again and again.
    """
    return stage is not SmtpStage.CONTENT


def judge_fault(fault: Exception, stage: SmtpStage) -> Deferred:
    """What a broken connection, or a session that could not be opened, means."""
    tls = isinstance(fault, ssl.SSLError) or isinstance(fault.__cause__, ssl.SSLError)
    broken = isinstance(fault, OSError) or isinstance(fault.__cause__, OSError)
    if stage is SmtpStage.SESSION and (tls or not broken):
        # No STARTTLS or AUTH where we need it, a certificate that nobody vouches for, a host name
        # that is none.
        return Deferred(f"no session: {fault}", DeferredKind.CONFIGURATION, about_us=True)
    reply = f"{fault} ({stage})"
    return Deferred(reply, DeferredKind.CONNECTION, about_us=_before_the_letter(stage))


def smtp_client(settings: MailSettings, sender: str) -> SMTP:
    """A client that is not connected yet."""
    return SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() or None,
        # The sender's domain is a full name, as servers ask for; this machine's own often is not,
        # and finding it can block for seconds on a resolver that does not answer.
        local_hostname=sender.rpartition("@")[2],
        timeout=settings.smtp_timeout_seconds,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
    )
