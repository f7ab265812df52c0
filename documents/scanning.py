"""What ClamAV says of a file, asked by its protocol INSTREAM: clean, found, or nothing certain.

A client of our own: aioclamd reaches no Unix socket, which is where Debian's clamd listens, reads
content without waiting for it, and like python-clamd (issue 24) loses the answer of a scanner that
has seen enough before the end.
"""

import asyncio
import re
from asyncio import IncompleteReadError, LimitOverrunError, StreamReader, StreamWriter
from collections.abc import AsyncIterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

_FOUND = re.compile(r"stream: ([!-~]{1,200}) FOUND\0")
_CLEAN = "stream: OK\0"
#: What ends with this is a sentence of the scanner about itself: a limit, a database that is gone.
_ERROR = "ERROR\0"


class Why(StrEnum):
    """Why nothing certain is known."""

    #: No scanner is named; policy says what that means.
    NO_SCANNER = "no_scanner"
    #: It cannot be reached, or went away before it answered.
    AWAY = "away"
    #: It did not answer in time.
    SLOW = "slow"
    #: It says that it could not look: the file is above its own limit, or it is not in order.
    NOT_LOOKED = "not_looked"
    #: Its answer is none of those that ClamAV gives.
    NONSENSE = "nonsense"


@dataclass(frozen=True)
class Clean:
    """The whole file was looked at, and nothing was found."""


@dataclass(frozen=True)
class Found:
    """Something was found; its name is the scanner's, for officers and not for applicants."""

    name: str


@dataclass(frozen=True)
class Unknown:
    """Nothing is known, which is never taken as clean."""

    why: Why


Scan = Clean | Found | Unknown


async def scan(content: AsyncIterable[bytes], address: str | None, seconds: float) -> Scan:
    """Have this content looked at by the scanner at ``host:port`` or at a socket's path.

    Asking again is harmless. Nothing that the scanner does or fails to do is raised; what the
    content raises is.
    """
    if address is None:
        return Unknown(Why.NO_SCANNER)
    try:
        async with asyncio.timeout(seconds) as waiting:
            return await _asked(content, address)
    except TimeoutError:
        if not waiting.expired():
            raise
        return Unknown(Why.SLOW)


async def _asked(content: AsyncIterable[bytes], address: str) -> Scan:
    try:
        reader, writer = await _connected(address)
    except OSError:
        return Unknown(Why.AWAY)
    answer = asyncio.create_task(_answer(reader))
    try:
        was_sent = await _send(writer, content, answer)
        told = await answer
    finally:
        answer.cancel()
        # Closing would first wait until a scanner that hangs has read what is left.
        writer.transport.abort()
    # It has not seen what it calls clean.
    return Unknown(Why.NONSENSE) if isinstance(told, Clean) and not was_sent else told


async def _connected(address: str) -> tuple[StreamReader, StreamWriter]:
    if address.startswith("/"):
        return await asyncio.open_unix_connection(address)
    place = urlsplit(f"//{address}")
    return await asyncio.open_connection(place.hostname, place.port)


async def _send(
    writer: StreamWriter, content: AsyncIterable[bytes], answer: asyncio.Task[Scan]
) -> bool:
    """Whether all of it was sent before there was an answer."""
    if not await _write(writer, b"zINSTREAM\0"):
        return False
    async for piece in content:
        # A length of nothing would say that this is all.
        if piece and not await _write(writer, len(piece).to_bytes(4, "big") + piece):
            return False
        if answer.done():
            return False
    return await _write(writer, bytes(4))


async def _write(writer: StreamWriter, said: bytes) -> bool:
    """Whether the scanner still listens; where it does not, it may have said why."""
    try:
        writer.write(said)
        await writer.drain()
    except OSError:
        return False
    return True


async def _answer(reader: StreamReader) -> Scan:
    try:
        said = (await reader.readuntil(b"\0")).decode("ascii", "replace")
    except LimitOverrunError:
        return Unknown(Why.NONSENSE)
    except IncompleteReadError as cut:
        return Unknown(Why.NONSENSE if cut.partial else Why.AWAY)
    except OSError:
        return Unknown(Why.AWAY)
    if said == _CLEAN:
        return Clean()
    if found := _FOUND.fullmatch(said):
        return Found(found[1])
    return Unknown(Why.NOT_LOOKED if said.endswith(_ERROR) else Why.NONSENSE)
