"""A network that tests cut and slow down: each link leads from a port here to a server."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Self, TypeAlias

_LOOPBACK = "127.0.0.1"
#: A Unix socket, or a port of 127.0.0.1.
Target: TypeAlias = Path | int
_CHUNK = 65_536
#: Of the loop, until a connection that was dropped is closed.
_ROUNDS = 3


class Network:
    """A context manager: links in a thread of their own, whatever event loop the tests run in.

    They begin at this address of ours.
    """

    def __init__(self, host: str = _LOOPBACK) -> None:
        self.host = host
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network")
        self._links: list[Link] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links:
            self._do(link.close)
        self._do(_end_the_others)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def link(self, target: Target) -> "Link":
        """A new link that leads there."""
        made = Link(target, self._do, self.host)
        self._do(made.open)
        self._links.append(made)
        return made

    def _do(self, act: Callable[[], object]) -> None:
        async def done() -> None:
            found = act()
            if asyncio.iscoroutine(found):
                await found

        future: Future[None] = asyncio.run_coroutine_threadsafe(done(), self._loop)
        future.result(timeout=30)


class Link:
    """One way from a client to a server, for any number of connections."""

    def __init__(
        self, target: Target, do: Callable[[Callable[[], object]], None], host: str
    ) -> None:
        self._target = target
        self._do = do
        self._late = 0.0
        self._whole = asyncio.Event()
        self._whole.set()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.host, self.port = host, 0

    def cut(self) -> None:
        """Let nothing through; neither side is told."""
        self._do(self._whole.clear)

    def heal(self) -> None:
        """Let new connections through; those that were cut are gone, with what was on its way."""
        self._do(self._reset)
        self._do(self._whole.set)

    def delay(self, seconds: float) -> None:
        """Let everything arrive so much later, in either direction; 0 for at once."""
        self._late = seconds

    def lead_to(self, target: Target) -> None:
        """Lead to another server from now on; open connections end."""
        self._target = target
        self._do(self._reset)

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Listen no more, and end what is open."""
        if self._server is not None:
            self._server.close()
        self._reset()

    def _reset(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            await self._whole.wait()
            there = await self._connected()
        except OSError:
            await self._end(writer)
            return
        self._open.add(there[1])
        await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self._target, Path):
            return await asyncio.open_unix_connection(self._target)
        return await asyncio.open_connection(_LOOPBACK, self._target)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_CHUNK):
                if self._late:
                    await asyncio.sleep(self._late)
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            await self._end(writer)

    async def _end(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        self._open.discard(writer)


async def _end_the_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(_ROUNDS):
        await asyncio.sleep(0)
