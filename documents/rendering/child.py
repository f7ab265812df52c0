"""A child process for one file: started, fed, listened to, and ended with all of its group."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

from documents.faults import Fault, Note, Unusable
from documents.rendering.limits import Limits
from documents.rendering.wire import DONE, FAULT, HEAD, MOST_BYTES, NOT_CONFINED, PAGE
from rules.errors import Misconfigured, Unavailable

#: A library fell over the file.
_FELL = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGILL, signal.SIGTRAP})

#: Keeps the picture of a page, as JPEG; the first page is number 1.
KeepPage = Callable[[int, bytes], Awaitable[None]]


class RenderingStopped(Unavailable):
    """The process that draws documents was stopped before it was done; it can be tried again."""


class RenderingNotConfined(Misconfigured):
    """This kernel does not filter system calls (seccomp), so documents are not opened here."""


@dataclass(frozen=True)
class Rendered:
    """All pages were drawn."""

    pages: int
    notes: frozenset[Note]


async def render(
    content: AsyncIterable[bytes], limits: Limits, keep: KeepPage
) -> Rendered | Unusable:
    """Draw this file in a process of its own; each page is handed on as it is drawn.

    Where it returns `Unusable`, some pages may have been handed on before. Holds one page and the
    piece of content on its way. Raises `RenderingStopped`, `RenderingNotConfined`, and what the
    content or ``keep`` raise; the process has ended in any case.
    """
    async with _started() as child:
        try:
            async with asyncio.timeout(limits.seconds):
                feeding = asyncio.create_task(_feed(child, content, limits))
                try:
                    told = await _listen(child, keep, limits)
                finally:
                    feeding.cancel()
                    await asyncio.wait({feeding})
                if not feeding.cancelled():
                    feeding.result()
                return told if told is not None else _ended(await child.wait())
        except TimeoutError:
            return Unusable(Fault.TOO_COSTLY)


@asynccontextmanager
async def _started() -> AsyncIterator[asyncio.subprocess.Process]:
    """Nothing of ours is in its environment, its arguments or its open files."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "documents.rendering"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await asyncio.shield(asyncio.ensure_future(_bury(child)))


async def _bury(child: asyncio.subprocess.Process) -> None:
    """A child is gone when its pipes are: one with something left in it stays open for ever."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    while await child.stdout.read(MOST_BYTES):
        pass
    await child.wait()


async def _feed(
    child: asyncio.subprocess.Process, content: AsyncIterable[bytes], limits: Limits
) -> None:
    assert child.stdin is not None  # noqa: S101 - it was asked for
    # It may have seen enough: then it says so, and reads no more.
    with suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(json.dumps(asdict(limits)).encode() + b"\n")
        try:
            async for piece in content:
                child.stdin.write(piece)
                await child.stdin.drain()
        finally:
            child.stdin.close()


async def _listen(
    child: asyncio.subprocess.Process, keep: KeepPage, limits: Limits
) -> Rendered | Unusable | None:
    """What the child says; None where it ends before it has said all."""
    assert child.stdout is not None  # noqa: S101 - it was asked for
    pages = 0
    while True:
        try:
            kind, length = HEAD.unpack(await child.stdout.readexactly(HEAD.size))
            if length > MOST_BYTES:
                return Unusable(Fault.TOO_COSTLY)
            said = await child.stdout.readexactly(length)
        except asyncio.IncompleteReadError:
            return None
        if kind != PAGE:
            return _told(kind, said, pages)
        pages += 1
        if pages > limits.pages:
            return Unusable(Fault.TOO_COSTLY)
        await keep(pages, said)


def _told(kind: bytes, said: bytes, pages: int) -> Rendered | Unusable:
    """The child's last words. One that was taken over may say anything, and gets a refusal."""
    try:
        facts: dict[str, Any] = json.loads(said)
        if kind == DONE and pages:
            return Rendered(pages, frozenset(map(Note, facts["notes"])))
        if kind == FAULT:
            numbers = {str(name): int(number) for name, number in facts["facts"].items()}
            return Unusable(Fault(facts["fault"]), numbers)
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    return Unusable(Fault.DAMAGED)


def _ended(returned: int) -> Unusable:
    """How it ended where it said nothing of it."""
    if -returned == signal.SIGXCPU:
        return Unusable(Fault.TOO_COSTLY)
    if -returned in _FELL:
        return Unusable(Fault.DAMAGED)
    if returned == NOT_CONFINED:
        raise RenderingNotConfined
    raise RenderingStopped
