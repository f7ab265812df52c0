"""The bytes of a file that is sent: from a path, from an open file, or from a stream."""

import asyncio
import os
import stat
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from desk.documents.faults import PathUnreadable, UploadRefused
from rules.errors import MumarisError
from rules.findings.problems import problem

#: What can be sent.
Content = str | os.PathLike[str] | BinaryIO | AsyncIterable[bytes]

_PIECE_BYTES = 128 * 1024


@dataclass(frozen=True)
class Sending:
    """A file on its way."""

    pieces: AsyncIterator[bytes]
    #: How large it is, where that is known before it is read.
    size_bytes: int | None


@asynccontextmanager
async def sending(content: Content) -> AsyncIterator[Sending]:
    """The content, to be read once; a file that we opened is closed again.

    Raises `PathUnreadable`, and `TypeError` for what is nothing of `Content`. Reading raises
    `PathUnreadable` where the disk fails, `UploadRefused` where a connection breaks, and whatever
    else a stream raises.
    """
    if isinstance(content, str | os.PathLike):
        file = await asyncio.to_thread(_opened, content)
        try:
            size = os.fstat(file.fileno()).st_size
            yield Sending(_unbroken(_pieces(file), _disk_failed), size)
        finally:
            file.close()
    elif isinstance(content, AsyncIterable):
        yield Sending(_unbroken(content, _cut_off), None)
    elif hasattr(content, "read"):
        yield Sending(_unbroken(_pieces(content), _cut_off), None)
    else:
        raise TypeError("content is a path, an open binary file or an async iterable of bytes")


def _opened(path: str | os.PathLike[str]) -> BinaryIO:
    try:
        file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 - see `sending`
    except (OSError, ValueError) as error:
        strerror = error.strerror if isinstance(error, OSError) else None
        raise PathUnreadable(strerror or "not a path") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise PathUnreadable("not a regular file")
    return file


def _without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to would keep us for ever."""
    return os.open(path, flags | os.O_NONBLOCK)


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
        yield piece


async def _unbroken(
    pieces: AsyncIterable[bytes], broken: Callable[[OSError], MumarisError]
) -> AsyncIterator[bytes]:
    """An `OSError` of whoever sends is not to be taken for one of our store."""
    try:
        async for piece in pieces:
            yield piece
    except OSError as error:
        raise broken(error) from error


def _disk_failed(error: OSError) -> MumarisError:
    return PathUnreadable(error.strerror or type(error).__name__)


def _cut_off(_: OSError) -> MumarisError:
    return UploadRefused([problem("file_cut_off", "document")])
