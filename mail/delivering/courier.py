"""Delivery over SMTP. How it ends is a value: nothing that a server or a network does is raised.

aiosmtplib opens the session (TLS, greeting, signing in) and asks what the server can do. Where it
can pipeline (RFC 2920), the sender, the recipient and DATA travel together: a third of the waiting.
"""

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
from mail.delivering.dialog import Dialog, Reply
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

#: RFC 5321 4.2.1 and 4.2.3. A 421 ends the connection: too many letters on it, or a restart.
_SUCCESS = range(200, 300)
_GO_ON = range(354, 355)
_GOING_AWAY = 421
#: What the server is told before the content, and which reply lets it go on.
_BEFORE_THE_CONTENT = (
    (SmtpStage.SENDER, _SUCCESS),
    (SmtpStage.RECIPIENT, _SUCCESS),
    (SmtpStage.CONTENT, _GO_ON),
)
#: Asked right before a letter's content travels: whether it may.
MayGo = Callable[[], Awaitable[bool]]


async def always() -> bool:
    """Nothing holds the letter back."""
    return True


class _Envelope(NamedTuple):
    """Whom a letter is from and to, as the server is told, and whether it may still go."""

    sender: str
    recipient: str
    may_go: MayGo
    utf8: bool

    def commands(self) -> tuple[bytes, bytes, bytes]:
        """What the server is told before the content."""
        options = " SMTPUTF8 BODY=8BITMIME" if self.utf8 else ""
        return (
            f"MAIL FROM:<{self.sender}>{options}\r\n".encode(),
            f"RCPT TO:<{self.recipient}>\r\n".encode(),
            b"DATA\r\n",
        )


class Courier:
    """Delivers many messages, one after the other, over one connection that is opened when needed.

    An async context manager. After a refusal the connection is reset and goes on; after a 421, a
    timeout or a broken line the next message gets a new one.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._sender = envelope_address(settings.mail_from, "From")
        self._within = settings.smtp_timeout_seconds
        self._turn = asyncio.Lock()
        self._dialog: Dialog | None = None
        #: How far the exchange of the letter under way has come.
        self._stage = SmtpStage.SESSION
        #: The server said 421 before it had anything of the letter's content.
        self._has_had_enough = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._dialog is not None and self._dialog.is_open:
            if error is None:
                # A goodbye that fails changes nothing: what was accepted is accepted.
                with contextlib.suppress(OSError, TimeoutError):
                    self._dialog.say(b"QUIT\r\n")
                    await self._dialog.reply(self._within)
            self._dialog.close()

    async def deliver(
        self, message: Message, *, to: str, sender: str | None = None, may_go: MayGo = always
    ) -> Outcome:
        """Hand the message to the server, for this one recipient.

        `Accepted` once the server has confirmed the whole content. Repeating an accepted delivery
        sends a second copy with the same Message-ID. What would lead to this machine is not sent
        (`MailSettings.only_here`), and waits as for a server that refuses us. ``sender`` is where
        reports about this letter go; ``may_go`` is asked right before the content. Raises only
        `mail.addresses.AddressMalformed` and `HeaderUnsafe`, for an address that is none, and what
        ``may_go`` raises.
        """
        recipient = envelope_address(to, "To")
        if (only_here := self._settings.only_here()) is not None:
            return Deferred(only_here, DeferredKind.CONFIGURATION, about_us=True)
        utf8 = message.needs_smtputf8 or not recipient.isascii()
        envelope = _Envelope(sender or self._sender, recipient, may_go, utf8)
        async with self._turn:
            reused = self._dialog is not None and self._dialog.is_open
            outcome = await self._attempt(message, envelope)
            if reused and (outcome is None or self._has_had_enough):
                # The server had enough of the connection; that says nothing about this letter.
                outcome = await self._attempt(message, envelope)
        outcome = outcome or Deferred("connection lost", DeferredKind.CONNECTION, about_us=True)
        return replace(outcome, reply=without_addresses(outcome.reply, recipient))

    async def _attempt(self, message: Message, envelope: _Envelope) -> Outcome | None:
        """None where the connection was gone before the first reply."""
        self._stage, self._has_had_enough = SmtpStage.SESSION, False
        try:
            if self._dialog is None or not self._dialog.is_open:
                self._dialog = await self._open()
            if envelope.utf8 and not self._dialog.knows_utf8:
                return Undeliverable(
                    "the mail server cannot take an address beyond ASCII (no SMTPUTF8)"
                )
            self._stage = SmtpStage.SENDER
            return await self._converse(self._dialog, message, envelope)
        except SMTPResponseException as answer:
            return _judge(Reply(answer.code, answer.message), self._stage)
        except TimeoutError:
            self._close()
            # Once the content is out the server may have taken it, and who tries for ever would
            # send it again and again.
            about_us = self._stage is not SmtpStage.CONTENT
            reply = f"no answer in time ({self._stage})"
            return Deferred(reply, DeferredKind.TIMEOUT, about_us=about_us)
        except (SMTPException, OSError) as fault:
            self._close()
            if self._stage is SmtpStage.SENDER:
                return None
            return _judge_fault(fault, self._stage)
        except BaseException:
            # Cancelled in the middle: the next reply would be taken for another's.
            self._close()
            raise

    async def _open(self) -> Dialog:
        smtp = smtp_client(self._settings, self._sender)
        try:
            await smtp.connect()
            if smtp.is_ehlo_or_helo_needed:
                await smtp.ehlo()
        except ValueError as fault:
            # A host name that cannot be encoded; everything else has a better error.
            raise SMTPException(str(fault)) from fault
        except BaseException:
            smtp.close()
            raise
        return Dialog(smtp)

    async def _converse(self, dialog: Dialog, message: Message, envelope: _Envelope) -> Outcome:
        refused, last = await self._announce(dialog, envelope)
        if refused is not None:
            await self._clean_up(dialog, last)
            return refused
        if not await envelope.may_go():
            # Whoever goes away before the final dot has sent nothing.
            self._close()
            return Withheld()
        self._stage = SmtpStage.CONTENT
        dialog.say(_stuffed(message.content))
        taken = await dialog.reply(self._within)
        if (refused := self._refusal(taken, SmtpStage.CONTENT, _SUCCESS)) is None:
            return Accepted(f"{taken.code} {taken.text}")
        await self._clean_up(dialog, taken)
        return refused

    async def _announce(
        self, dialog: Dialog, envelope: _Envelope
    ) -> tuple[Outcome | None, Reply | None]:
        """Everything before the content: the first refusal, if any, and the last reply."""
        commands = envelope.commands()
        if dialog.can_pipeline:
            dialog.say(b"".join(commands))
        refused, reply = None, None
        for command, (stage, wanted) in zip(commands, _BEFORE_THE_CONTENT, strict=True):
            if not dialog.can_pipeline:
                dialog.say(command)
            reply = await dialog.reply(self._within)
            self._stage = SmtpStage.RECIPIENT
            said = self._refusal(reply, stage, wanted)
            refused = refused or said
            if said is not None and (reply.code == _GOING_AWAY or not dialog.can_pipeline):
                self._has_had_enough = reply.code == _GOING_AWAY
                break
        return refused, reply

    def _refusal(self, reply: Reply, stage: SmtpStage, wanted: range) -> Outcome | None:
        """What a reply that is no success means; after a 421 the connection is over."""
        if reply.code in wanted:
            return None
        if reply.code == _GOING_AWAY:
            self._close()
        return _judge(reply, stage)

    async def _clean_up(self, dialog: Dialog, last: Reply | None) -> None:
        """Leave the connection clean for the next letter, or closed."""
        if not dialog.is_open:
            self._close()
            return
        try:
            if last is not None and last.code in _GO_ON:
                # The server waits for content although nobody is to get it: RFC 2920 3.1.
                dialog.say(b".\r\n")
                await dialog.reply(self._within)
            dialog.say(b"RSET\r\n")
            if (await dialog.reply(self._within)).code not in _SUCCESS:
                self._close()
        except (OSError, TimeoutError):
            self._close()

    def _close(self) -> None:
        if self._dialog is not None:
            self._dialog.abort()
            self._dialog = None


def _judge(reply: Reply, stage: SmtpStage) -> Deferred | Undeliverable:
    if reply.code < 0:
        # Whoever answered is no mail server, or was cut off in the middle of a line.
        about_us = stage is not SmtpStage.CONTENT
        said = "the server's answer is not SMTP"
        return Deferred(said, DeferredKind.CONNECTION, about_us=about_us)
    return judge(reply.code, reply.text, stage)


def _judge_fault(fault: Exception, stage: SmtpStage) -> Deferred:
    """What a broken connection, or a session that could not be opened, means."""
    tls = isinstance(fault, ssl.SSLError) or isinstance(fault.__cause__, ssl.SSLError)
    broken = isinstance(fault, OSError) or isinstance(fault.__cause__, OSError)
    if stage is SmtpStage.SESSION and (tls or not broken):
        # No STARTTLS or AUTH where we need it, a certificate that nobody vouches for, a host name
        # that is none.
        return Deferred(f"no session: {fault}", DeferredKind.CONFIGURATION, about_us=True)
    about_us = stage is not SmtpStage.CONTENT
    return Deferred(f"{fault} ({stage})", DeferredKind.CONNECTION, about_us=about_us)


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


def _stuffed(content: bytes) -> bytes:
    """The content as DATA carries it: no line of it is the final dot (RFC 5321 4.5.2)."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")
