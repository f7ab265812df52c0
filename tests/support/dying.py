"""A process that is killed (``kill -9``) at a boundary of its work.

``python -m support.dying WORK BOUNDARY WHEN``: both are ``module:function``; WHEN is ``before`` or
``after`` the boundary function's effect.
"""

import asyncio
import importlib
import inspect
import os
import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

from desk.clock import utc_now
from desk.documents.ending import destroy_due, empty_store
from desk.retention import removing
from desk.retention.erasing import erase
from support.people import NOURA
from support.requests import NOW

_TESTS = Path(__file__).parent.parent


async def end_documents() -> None:
    """What a run of `document-retention` does, when a week and a day have passed."""
    now = utc_now() + timedelta(days=31)
    await destroy_due(now)
    await empty_store(now)


async def forget() -> None:
    """What a run of `retention` does at the tests' time: three looks go, then something fails."""
    begin, begun = removing.begin, count(1)

    async def once(*arguments: Any, **options: Any) -> Any:
        if next(begun) > 1:
            raise RuntimeError
        return await begin(*arguments, **options)

    vars(removing).update(CHUNK=3, begin=once)
    await removing.remove_due(NOW)


async def erase_noura() -> None:
    """What `mumaris person erase --yes` does, at the tests' time."""
    await erase(NOURA["registration_number"], officer="amal", now=NOW)


async def killed_at(boundary: str, when: str, *, work: str) -> int:
    """Do the work in a process of its own that dies there; its exit code, -9 where it did."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "support.dying", work, boundary, when),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(_TESTS), str(_TESTS.parent)])},
    )
    return await child.wait()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def _dying(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    def at_once(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            step(*arguments, **options)
        _die()

    async def later(*arguments: Any, **options: Any) -> Any:
        if when == "after":
            await step(*arguments, **options)
        _die()

    return later if inspect.iscoroutinefunction(step) else at_once


def _named(path: str) -> tuple[Any, str]:
    module, _, name = path.partition(":")
    return importlib.import_module(module), name


def main() -> None:
    """Do the work, and die at the boundary."""
    work, boundary, when = sys.argv[1:]
    owner, name = _named(boundary)
    setattr(owner, name, _dying(getattr(owner, name), when))
    doer, what = _named(work)
    asyncio.run(getattr(doer, what)())


if __name__ == "__main__":
    main()
