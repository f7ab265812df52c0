"""Scanners of our own: one that speaks clamd's protocol, and all the ways in which one fails."""

import asyncio
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

#: The test file of the makers of scanners, in two halves: in one, this file would be taken for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"

Behaviour = Callable[[StreamReader, StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(behaviour: Behaviour) -> AsyncIterator[str]:
    """The address of a scanner that behaves so."""
    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.create_task(serve_one(reader, writer))
        serving.add(task)
        await asyncio.wait({task})

    async def serve_one(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            with suppress(IncompleteReadError, ConnectionError):
                await behaviour(reader, writer)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1")
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


async def content_of(reader: StreamReader) -> bytes:
    """What it is asked about, read as clamd reads it."""
    assert await reader.readexactly(10) == b"zINSTREAM\0"
    content = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        content += await reader.readexactly(size)
    return content


async def stand_in(reader: StreamReader, writer: StreamWriter) -> None:
    """Finds what every scanner finds."""
    found = EICAR in await content_of(reader)
    writer.write(b"stream: Eicar-Signature FOUND\0" if found else b"stream: OK\0")
    await writer.drain()


def saying(said: bytes) -> Behaviour:
    """Reads all, and answers so."""

    async def behave(reader: StreamReader, writer: StreamWriter) -> None:
        await content_of(reader)
        writer.write(said)
        await writer.drain()

    return behave


def saying_early(said: bytes) -> Behaviour:
    """Answers after the first bytes."""

    async def behave(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.readexactly(20)
        writer.write(said)
        await writer.drain()
        await asyncio.sleep(0.2)

    return behave


async def hanging(reader: StreamReader, _: StreamWriter) -> None:
    """Reads all, and never answers."""
    await content_of(reader)
    await asyncio.Event().wait()


async def deaf(_: StreamReader, __: StreamWriter) -> None:
    """Takes the connection, and reads nothing."""
    await asyncio.Event().wait()
