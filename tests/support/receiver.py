"""A receiver of webhooks on a socket: it keeps what it is sent, and answers as a test says."""

import asyncio
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from desk.machines.webhooks import NewSecret, subscribe
from support.policies import policy_with
from support.requests import NOW

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
#: Webhooks may go to this machine, as in tests on one.
HERE = (("plain_http = false", "plain_http = true"), ("networks = []", 'networks = ["127.0.0.1"]'))

#: An employer's machine sees all of its people's requests.
SEES_ALL = ('employers_see = "handed_in"', 'employers_see = "all"')


@dataclass(frozen=True)
class Received:
    """One webhook, as it came."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What repeats are dropped by."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> dict[str, Any]:
        """What it tells."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    def is_signed_by(self, secret: str) -> bool:
        """As the standard says it, written anew: not by what we sign with."""
        mark, _, encoded = secret.partition("_")
        assert mark == "whsec"
        signed = b".".join(
            [self.id.encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        made = b64encode(hmac.new(b64decode(encoded), signed, "sha256").digest()).decode()
        return f"v1,{made}" in self.headers["webhook-signature"].split(" ")


def status(code: int, *headers: str, body: bytes = b"") -> Answer:
    """A whole answer, after which the connection stays."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} said", f"Content-Length: {len(body)}", *headers, "", ""]
        writer.write("\r\n".join(lines).encode() + body)

    return answer


async def hang(_: asyncio.StreamWriter) -> None:
    """Nothing, ever."""
    await asyncio.Event().wait()


async def drip(writer: asyncio.StreamWriter) -> None:
    """A header's letter now and then, and no end of it."""
    writer.write(b"HTTP/1.1 200 said\r\nX-Slow: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body without an end."""
    writer.write(b"HTTP/1.1 200 said\r\nContent-Length: 99999999999\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()


class WebhookReceiver:
    """Answers each with the next of ``answers``, and all others with the last."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers or [status(204)])
        self.received: list[Received] = []
        #: Called with each as it comes, before it is answered.
        self.on_receipt: Callable[[Received], None] = lambda _: None
        self._serving: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def url(self, host: str = "127.0.0.1") -> str:
        """Its address, by this name."""
        return f"http://{host}:{self.port}/hook?of=mumaris"

    @property
    def told(self) -> list[str]:
        """The types of the events that came, in their order."""
        return [each.event["type"].removeprefix("mumaris.request.") for each in self.received]

    def answers(self, *answers: Answer) -> None:
        """From now on."""
        self._answers = list(answers)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving = asyncio.current_task()
        assert serving is not None
        self._serving.append(serving)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in head[1:] if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                received = Received(head[0].split(" ")[1], headers, body)
                self.received.append(received)
                self.on_receipt(received)
                answer = self._answers[0]
                if len(self._answers) > 1:
                    self._answers.pop(0)
                await answer(writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()


@contextmanager
def webhooks_may_come_here(folder: Path, *more: tuple[str, str]) -> Iterator[None]:
    """Policy lets webhooks reach this machine, for the time of a test."""
    with policy_with(folder, *HERE, *more):
        yield


async def subscribed(url: str, *events: str, machine: str = "hospital") -> NewSecret:
    """A machine that is made already is told of these events, or of all, there."""
    return await subscribe(machine, url, events, by="ops", now=NOW)
