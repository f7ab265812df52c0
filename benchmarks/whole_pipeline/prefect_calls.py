"""A proxy before Prefect's server that counts what is asked, by route."""

import asyncio
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from stack.ports import HOST, free_port, listens

_ID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_CHUNK = 65_536
_READY_POLL = 0.01


@dataclass
class CallLog:
    """Calls, in the order in which they came."""

    port: int
    #: Set when nobody asks any more.
    closed: threading.Event = field(default_factory=threading.Event)
    _calls: list[tuple[float, str]] = field(default_factory=list)

    @property
    def api_url(self) -> str:
        """Prefect's API, past the counter."""
        return f"http://{HOST}:{self.port}/api"

    def note(self, head: bytes) -> None:
        """A request's head has come."""
        method, target, _ = head.split(b" ", 2)
        path = target.decode("latin-1").partition("?")[0].removeprefix("/api")
        self._calls.append((time.monotonic(), f"{method.decode()} {_ID.sub('{id}', path)}"))

    def between(self, since: float, until: float) -> Counter[str]:
        """How often each route was called between these instants of `time.monotonic`."""
        return Counter(route for at, route in self._calls if since <= at < until)

    def last_other_than(self, routes: set[str]) -> float:
        """When a route that is none of these was called last; 0 for never."""
        return next((at for at, route in reversed(self._calls) if route not in routes), 0.0)


@contextmanager
def counted(prefect: int) -> Iterator[CallLog]:
    """A counter before the server at this port, in a thread of its own."""
    log = CallLog(free_port(0))
    thread = threading.Thread(target=asyncio.run, args=(_serve(prefect, log),), daemon=True)
    thread.start()
    try:
        while not listens(log.port):
            time.sleep(_READY_POLL)
        yield log
    finally:
        log.closed.set()
        thread.join()


async def _serve(prefect: int, log: CallLog) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await _pass_on(reader, writer, prefect, log)
        writer.close()

    async with await asyncio.start_server(connected, HOST, log.port):
        await asyncio.to_thread(log.closed.wait)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, prefect: int, log: CallLog
) -> None:
    """One connection: its requests one after the other, and what is answered as it comes."""
    answers, requests = await asyncio.open_connection(HOST, prefect)
    back = asyncio.create_task(_copy(answers, writer))
    try:
        while not reader.at_eof():
            head = await reader.readuntil(b"\r\n\r\n")
            log.note(head)
            requests.write(head)
            headers = head.lower()
            if b"\r\nupgrade: websocket" in headers:
                await _copy(reader, requests)
            elif found := re.search(rb"\r\ncontent-length: *(\d+)", headers):
                requests.write(await reader.readexactly(int(found[1])))
            await requests.drain()
    finally:
        requests.close()
        back.cancel()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while found := await source.read(_CHUNK):
            target.write(found)
            await target.drain()
    target.close()
