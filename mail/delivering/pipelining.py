"""Many letters over one connection, with a third of the waiting (SMTP PIPELINING, RFC 2920).

aiosmtplib opens the session (TLS, greeting, signing in) and asks what the server can do; where it
can pipeline, the sender, the recipient and DATA travel together from then on. aiosmtplib itself
waits for each reply. Where the server cannot pipeline, and for addresses beyond ASCII, everything
goes the way of `mail.delivering.courier.Courier`.
"""

import asyncio
import contextlib
from collections import deque
from dataclasses import replace
from types import TracebackType
from typing import NamedTuple, Self, cast

from aiosmtplib import SMTPException, SMTPResponseException

from mail.addresses import envelope_address
from mail.composing.message import Message
from mail.delivering.courier import (
    Courier,
    Envelope,
    MayGo,
    always,
    judge_fault,
    no_answer,
    not_smtp,
    smtp_client,
)
from mail.delivering.outcomes import (
    Accepted,
    Deferred,
    DeferredKind,
    Outcome,
    Withheld,
    judge,
    without_addresses,
)
from mail.delivering.refusals import SmtpStage
from mail.settings import MailSettings

#: A server that sends more than this without ending a reply is not speaking SMTP.
_MAX_REPLY = 32_768
#: RFC 5321 4.2.1 and 4.2.3.
_SUCCESS = range(200, 300)
_GO_ON = 354
_GOING_AWAY = 421


class _Reply(NamedTuple):
    code: int
    text: str


class _Dialog(asyncio.Protocol):
    """The server's replies, in order."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._buffer = b""
        self._replies: deque[_Reply] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._lost: BaseException | None = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := _end_of_reply(self._buffer)) is not None:
            whole, self._buffer = self._buffer[:end], self._buffer[end:]
            self._replies.append(_read_reply(whole))
        if len(self._buffer) > _MAX_REPLY:
            self.transport.abort()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = exc or ConnectionResetError("connection lost")
        self._wake()

    @property
    def is_open(self) -> bool:
        """Whether the connection is there."""
        return self._lost is None and not self.transport.is_closing()

    def say(self, words: bytes) -> None:
        """Send, without waiting."""
        self.transport.write(words)

    async def reply(self, within: float) -> _Reply:
        """The next reply; raises TimeoutError, and OSError when the connection is lost."""
        while not self._replies:
            if self._lost is not None:
                raise ConnectionError(str(self._lost)) from self._lost
            self._waiter = asyncio.get_running_loop().create_future()
            async with asyncio.timeout(within):
                await self._waiter
        return self._replies.popleft()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class PipeliningCourier:
    """Delivers many messages over one connection; promises what `courier.Courier` does.

    An async context manager.
    """

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings
        self._sender = envelope_address(settings.mail_from, "From")
        self._within = settings.smtp_timeout_seconds
        self._dialog: _Dialog | None = None
        self._plain = Courier(settings)
        self._cannot_pipeline = False
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
        await self._plain.__aexit__(kind, error, trace)
        if self._dialog is not None and self._dialog.is_open:
            if error is None:
                # A goodbye that fails changes nothing: what was accepted is accepted.
                with contextlib.suppress(OSError, TimeoutError):
                    self._dialog.say(b"QUIT\r\n")
                    await self._dialog.reply(self._within)
            self._dialog.transport.close()

    async def deliver(
        self, message: Message, *, to: str, sender: str | None = None, may_go: MayGo = always
    ) -> Outcome:
        """Hand the message to the server, for this one recipient; see `Courier.deliver`.

        One at a time: a courier is not shared between tasks.
        """
        envelope = Envelope(sender or self._sender, envelope_address(to, "To"), may_go)
        ascii_only = envelope.recipient.isascii() and envelope.sender.isascii()
        if self._is_plain() or message.needs_smtputf8 or not ascii_only:
            return await self._plain.deliver(message, to=to, sender=sender, may_go=may_go)
        reused = self._dialog is not None and self._dialog.is_open
        outcome = await self._attempt(message, envelope)
        if reused and (outcome is None or self._has_had_enough):
            # The server had enough of the connection; that says nothing about this letter.
            outcome = await self._attempt(message, envelope)
        if self._is_plain():
            return await self._plain.deliver(message, to=to, sender=sender, may_go=may_go)
        outcome = outcome or Deferred("connection lost", DeferredKind.CONNECTION, about_us=True)
        recipient = envelope.recipient
        return replace(outcome, reply=without_addresses(outcome.reply, recipient))

    def _is_plain(self) -> bool:
        """Whether the server has said that it cannot pipeline."""
        return self._cannot_pipeline

    async def _attempt(self, message: Message, envelope: Envelope) -> Outcome | None:
        """None where the connection was gone before the first reply, or cannot pipeline."""
        self._stage, self._has_had_enough = SmtpStage.SESSION, False
        try:
            if self._dialog is None or not self._dialog.is_open:
                self._dialog = await self._open()
                if self._dialog is None:
                    return None
            self._stage = SmtpStage.SENDER
            return await self._converse(self._dialog, message, envelope)
        except SMTPResponseException as answer:
            return judge(answer.code, answer.message, self._stage)
        except TimeoutError:
            self._close()
            return no_answer(self._stage)
        except (SMTPException, OSError) as fault:
            self._close()
            if self._stage is SmtpStage.SENDER and isinstance(fault, ConnectionError):
                return None
            return judge_fault(fault, self._stage)
        except BaseException:
            # Cancelled in the middle: the next reply would be taken for another's.
            self._close()
            raise

    async def _open(self) -> _Dialog | None:
        smtp = smtp_client(self._settings, self._sender)
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        if not smtp.supports_extension("pipelining"):
            await smtp.quit()
            self._cannot_pipeline = True
            return None
        transport = cast("asyncio.Transport", smtp.transport)
        dialog = _Dialog(transport)
        transport.set_protocol(dialog)
        return dialog

    async def _converse(
        self, dialog: _Dialog, message: Message, envelope: Envelope
    ) -> Outcome | None:
        begin = f"MAIL FROM:<{envelope.sender}>\r\nRCPT TO:<{envelope.recipient}>\r\nDATA\r\n"
        dialog.say(begin.encode())
        sender = await dialog.reply(self._within)
        self._stage = SmtpStage.RECIPIENT
        return await self._go_on(dialog, sender, message, envelope.may_go)

    async def _go_on(
        self, dialog: _Dialog, sender: _Reply, message: Message, may_go: MayGo
    ) -> Outcome:
        if (refused := self._refusal(sender, SmtpStage.SENDER)) and sender.code == _GOING_AWAY:
            return refused
        recipient = await dialog.reply(self._within)
        refused = refused or self._refusal(recipient, SmtpStage.RECIPIENT)
        if refused and recipient.code == _GOING_AWAY:
            return refused
        content = await dialog.reply(self._within)
        if refused or content.code != _GO_ON:
            self._has_had_enough = content.code == _GOING_AWAY
            await self._clean_up(dialog, content)
            return refused or _judge(content, SmtpStage.CONTENT)
        if not await may_go():
            # Whoever goes away before the final dot has sent nothing.
            self._close()
            return Withheld()
        self._stage = SmtpStage.CONTENT
        dialog.say(_stuffed(message.content))
        taken = await dialog.reply(self._within)
        if (refused := self._refusal(taken, SmtpStage.CONTENT)) is None:
            return Accepted(f"{taken.code} {taken.text}")
        await self._clean_up(dialog, taken)
        return refused

    def _refusal(self, reply: _Reply, stage: SmtpStage) -> Outcome | None:
        """What a reply that is no success means; after a 421 the connection is over."""
        if reply.code in _SUCCESS:
            return None
        if reply.code == _GOING_AWAY:
            self._has_had_enough = stage is not SmtpStage.CONTENT
            self._close()
        return _judge(reply, stage)

    async def _clean_up(self, dialog: _Dialog, content: _Reply) -> None:
        """Leave the connection clean for the next letter, or closed."""
        if content.code == _GOING_AWAY or not dialog.is_open:
            self._close()
            return
        try:
            if content.code == _GO_ON:
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
            self._dialog.transport.abort()
            self._dialog = None


def _judge(reply: _Reply, stage: SmtpStage) -> Outcome:
    if reply.code < 0:
        return not_smtp(stage)
    return judge(reply.code, reply.text, stage)


def _stuffed(content: bytes) -> bytes:
    """The content as DATA carries it: no line of it is the final dot (RFC 5321 4.5.2)."""
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def _end_of_reply(buffer: bytes) -> int | None:
    """Where the first reply ends: after the first line whose code is not followed by a hyphen."""
    begin = 0
    while (end := buffer.find(b"\n", begin)) >= 0:
        if buffer[begin + 3 : begin + 4] != b"-":
            return end + 1
        begin = end + 1
    return None


def _read_reply(whole: bytes) -> _Reply:
    lines = whole.decode("utf-8", "replace").splitlines()
    code = lines[-1][:3] if lines else ""
    text = "\n".join(line[4:].strip() for line in lines)
    return _Reply(int(code) if code.isascii() and code.isdigit() else -1, text)
