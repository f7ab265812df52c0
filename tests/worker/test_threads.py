"""Synchronous work that can be asked to stop."""

import asyncio
import threading
import time
from contextlib import suppress

import pytest

from worker.stopping import RunStopped
from worker.threads import run_in_thread


async def test_work_brings_its_result() -> None:
    """From a thread that is not ours."""
    assert await run_in_thread(threading.get_ident) != threading.get_ident()


async def test_what_work_raises_is_raised() -> None:
    """Where it is awaited."""

    def work() -> None:
        raise LookupError("nothing")

    with pytest.raises(LookupError):
        await run_in_thread(work)


async def test_cancelling_stops_the_work_and_waits_for_it() -> None:
    """It leaves by RunStopped, after its own clean-up."""
    began, cleaned = threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        try:
            while True:
                time.sleep(0.01)
        finally:
            cleaned.set()

    task = asyncio.create_task(run_in_thread(work))
    await asyncio.to_thread(began.wait, 5)
    task.cancel()

    with pytest.raises(RunStopped):
        await task
    assert cleaned.is_set()


async def test_cancelling_again_leaves_work_behind_that_does_not_stop() -> None:
    """It sits in one long call; the caller goes on."""
    began, release = threading.Event(), threading.Event()

    def work() -> None:
        while not release.is_set():
            # As in one long call, from which nothing that is raised gets out.
            with suppress(RunStopped):
                began.set()
                release.wait(30)

    task = asyncio.create_task(run_in_thread(work))
    await asyncio.to_thread(began.wait, 30)
    task.cancel()
    await asyncio.sleep(0.05)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    release.set()
