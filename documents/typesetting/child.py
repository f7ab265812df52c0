"""A child process for one sheet: no event loop waits for it, and it ends when its time is over."""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rules.errors import Unavailable

#: A sheet takes a tenth of a second of processor time; the rest is for a busy machine.
SECONDS = 30
_COMMAND = (sys.executable, "-I", "-m", "documents.typesetting")


class TypesettingStopped(Unavailable):
    """The process that sets cards ended before it was done; it can be tried again."""


async def set_sheet(said: Mapping[str, Any], *, seconds: float = SECONDS) -> bytes:
    """The sheet as PDF. What it says goes in on a pipe: no argument and no file holds it.

    Raises `TypesettingStopped`, also where it takes too long; the process has ended in any case.
    """
    child = await asyncio.create_subprocess_exec(
        *_COMMAND,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
    )
    try:
        async with asyncio.timeout(seconds):
            sheet, _ = await child.communicate(json.dumps(said).encode())
    except TimeoutError:
        raise TypesettingStopped from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await asyncio.shield(asyncio.ensure_future(child.wait()))
    if child.returncode != 0 or not sheet.startswith(b"%PDF-"):
        raise TypesettingStopped
    return sheet
