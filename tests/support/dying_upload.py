"""A process that works on a document and is killed (``kill -9``) exactly at a boundary.

``python -m support.dying_upload WORK TARGET WHEN ARGUMENT OWNER``: WORK is ``add`` with a path as
its argument, or ``take_back`` with an id; TARGET is ``module:function``, WHEN is ``before`` or
``after`` it. ``stream`` as a target is the stream itself, at half.
"""

import asyncio
import importlib
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from desk.documents.adding import add
from desk.documents.contents import Content
from desk.documents.taking_back import take_back
from rules.values.document_kind import DocumentKind


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(target: str, when: str) -> None:
    """Let this function be the last that this process does, or the first that it does not do."""
    module_name, _, name = target.partition(":")
    module = importlib.import_module(module_name)
    real = getattr(module, name)

    async def dying(*given: Any, **more: Any) -> Any:
        if when == "before":
            die()
        await real(*given, **more)
        die()

    setattr(module, name, dying)


async def half(content: bytes) -> AsyncIterator[bytes]:
    """Half of the file, and then nothing any more."""
    yield content[: len(content) // 2]
    die()


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


async def work(what: str, target: str, argument: str, owner: str) -> None:
    """Do it; where this returns, nobody died."""
    if what == "take_back":
        await take_back(argument, owner=owner)
        return
    content: Content = half(_read(argument)) if target == "stream" else argument
    upload = await add(content, kind=DocumentKind.EMPLOYER_LETTER, owner=owner)
    print(upload.state)  # noqa: T201 - what a test waits for


def main() -> None:
    what, target, when, argument, owner = sys.argv[1:]
    if target == "full disk":
        # A write beyond so many bytes fails as on a full disk; the letter itself is smaller.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(when), int(when)))
    elif target != "stream":
        die_at(target, when)
    asyncio.run(work(what, target, argument, owner))


if __name__ == "__main__":
    main()
