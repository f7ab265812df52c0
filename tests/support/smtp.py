"""A mail server for tests: real sockets, records what it accepts, and fails when told to."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from types import TracebackType
from typing import Literal, Self, cast

import pytest

from mail.composing.message import Message
from mail.delivering.courier import Courier
from mail.delivering.outcomes import Outcome
from mail.settings import MailSettings

#: Where a fault can strike. ``CONNECT`` is the greeting, ``MIDDLE`` is inside the content,
#: ``CONTENT`` the answer to its final dot: the letter is recorded, whatever the answer.
At = Literal[
    "CONNECT",
    "EHLO",
    "STARTTLS",
    "AUTH",
    "MAIL",
    "RCPT",
    "DATA",
    "MIDDLE",
    "CONTENT",
    "RSET",
    "QUIT",
]


@dataclass(frozen=True)
class Fault:
    """What the server does in place of its answer."""

    #: None drops the connection. A 421 is said, and then it drops.
    reply: str | None = None
    #: Say nothing and keep the connection.
    hang: bool = False


@dataclass(frozen=True)
class Taken:
    """A letter that the server has."""

    sender: str
    recipients: tuple[str, ...]
    options: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The letter, parsed."""
        return BytesParser(policy=default).parsebytes(self.content)


@dataclass
class SmtpRecorder:
    """An async context manager; listens on a free port of 127.0.0.1."""

    #: Offered after EHLO.
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8")
    #: With it the server offers STARTTLS, or speaks TLS at once where ``implicit_tls`` is set.
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    #: Offers AUTH PLAIN and takes only this pair.
    credentials: tuple[str, str] | None = None

    accepted: list[Taken] = field(default_factory=list)
    #: Every command line received, on all connections, without the content.
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    #: Set from the first time that it leaves a client without an answer.
    hangs: asyncio.Event = field(default_factory=asyncio.Event)
    #: So many letters on one connection; the next one is answered with a 421 at this point.
    limit: tuple[int, At] | None = None
    _faults: dict[At, list[Fault]] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _talks: set["asyncio.Task[None]"] = field(default_factory=set)

    def name_in(self, environment: pytest.MonkeyPatch) -> None:
        """Let this be the mail server that the environment names."""
        environment.setenv("MUMARIS_SMTP_HOST", "127.0.0.1")
        environment.setenv("MUMARIS_SMTP_PORT", str(self.port))

    def will(self, at: At, reply: str | None = None, *, hang: bool = False, times: int = 1) -> None:
        """Fail at this point, the next times that it is reached; faults queue up."""
        self._faults.setdefault(at, []).extend([Fault(reply, hang)] * times)

    def ends_after(self, letters: int, at: At) -> None:
        """Take so many letters on each connection."""
        self.limit = (letters, at)

    def heal(self) -> None:
        """Fail no more."""
        self._faults.clear()

    def next_fault(self, at: At) -> Fault | None:
        """Take the fault that is due here, if any."""
        due = self._faults.get(at)
        return due.pop(0) if due else None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; after a stop, on the same port as before."""
        self._server = await asyncio.start_server(
            self._accept,
            "127.0.0.1",
            self.port,
            ssl=self.tls if self.implicit_tls else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse new connections and drop those that are open."""
        if self._server is not None:
            self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def drop_idle(self) -> None:
        """Close every open connection, as a server does with idle ones."""
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        talk = asyncio.ensure_future(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Session(self, reader, writer).run()
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


class _Dropped(Exception):
    """The session is over."""


class _Session:
    """One client's connection."""

    def __init__(
        self, recorder: SmtpRecorder, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._recorder = recorder
        self._taken = 0
        self._reader = reader
        self._writer = writer
        self._encrypted = recorder.implicit_tls
        self._sender = ""
        self._options = ""
        self._recipients: list[str] = []

    async def run(self) -> None:
        with contextlib.suppress(_Dropped, ConnectionError, asyncio.IncompleteReadError):
            await self._answer("CONNECT", "220 mail.example.org ready")
            while line := await self._reader.readline():
                await self._obey(line.decode().rstrip("\r\n"))

    async def _obey(self, line: str) -> None:
        self._recorder.commands.append(line)
        verb, _, rest = line.partition(" ")
        commands: dict[str, Callable[[str], object]] = {
            "EHLO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }
        command = commands.get(verb.upper())
        if command is None:
            await self._say("502 5.5.1 unknown")
            return
        await cast("asyncio.Future[None]", command(rest))

    async def _ehlo(self, _: str) -> None:
        offered = list(self._recorder.extensions)
        if self._recorder.tls is not None and not self._encrypted:
            offered.append("STARTTLS")
        if self._recorder.credentials is not None:
            offered.append("AUTH PLAIN")
        lines = ["mail.example.org", *offered]
        answer = "\r\n".join([*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}"])
        await self._answer("EHLO", answer)

    async def _starttls(self, _: str) -> None:
        if not await self._answer("STARTTLS", "220 2.0.0 go ahead"):
            return
        assert self._recorder.tls is not None
        await self._writer.start_tls(self._recorder.tls)
        self._encrypted = True

    async def _auth(self, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
        right = self._recorder.credentials is not None and tuple(given) == (
            self._recorder.credentials
        )
        await self._answer("AUTH", "235 2.7.0 welcome" if right else "535 5.7.8 wrong")

    async def _mail(self, rest: str) -> None:
        self._recipients = []
        if await self._answer("MAIL", "250 2.1.0 ok"):
            address, _, self._options = rest.removeprefix("FROM:<").partition(">")
            self._sender = address

    async def _rcpt(self, rest: str) -> None:
        if await self._answer("RCPT", "250 2.1.5 ok"):
            self._recipients.append(rest.removeprefix("TO:<").partition(">")[0])

    async def _data(self, _: str) -> None:
        if not self._recipients:
            # Pipelined after a refusal: who is told 354 would have to send a content.
            await self._say("503 5.5.1 no recipient")
            return
        if not await self._answer("DATA", "354 go on"):
            return
        if (fault := self._recorder.next_fault("MIDDLE")) is not None:
            await self._reader.readline()
            await self._suffer(fault)
        content = await self._reader.readuntil(b"\r\n.\r\n")
        whole = content.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        taken = Taken(self._sender, tuple(self._recipients), self._options.strip(), whole)
        fault = self._recorder.next_fault("CONTENT")
        if fault is None or fault.reply is None:
            self._recorder.accepted.append(taken)
            self._taken += 1
        if fault is not None:
            await self._suffer(fault)
        else:
            await self._say(f"250 2.0.0 queued as {len(self._recorder.accepted)}")

    async def _rset(self, _: str) -> None:
        await self._answer("RSET", "250 2.0.0 ok")

    async def _quit(self, _: str) -> None:
        await self._answer("QUIT", "221 2.0.0 bye")
        raise _Dropped

    async def _answer(self, at: At, reply: str) -> bool:
        """Answer, or suffer the fault that is due; whether the answer was given."""
        fault = self._recorder.next_fault(at)
        if fault is None and self._recorder.limit == (self._taken, at):
            fault = Fault("421 4.7.0 too many messages on this connection")
        if fault is not None:
            await self._suffer(fault)
            return False
        await self._say(reply)
        return True

    async def _suffer(self, fault: Fault) -> None:
        if fault.hang:
            self._recorder.hangs.set()
            await self._reader.read()
            raise _Dropped
        if fault.reply is None:
            raise _Dropped
        await self._say(fault.reply)
        if fault.reply.startswith("421"):
            if self._writer.can_write_eof():
                # Closed while the client still writes, the reset could overtake the reply.
                self._writer.write_eof()
                await self._reader.read()
            raise _Dropped

    async def _say(self, reply: str) -> None:
        self._writer.write(reply.encode() + b"\r\n")
        await self._writer.drain()


async def deliver_alone(message: Message, *, to: str, settings: MailSettings) -> Outcome:
    """Deliver one message over a connection of its own."""
    async with Courier(settings) as courier:
        return await courier.deliver(message, to=to)
