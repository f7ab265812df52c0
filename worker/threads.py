"""Synchronous work in a thread that can be asked to stop."""

import asyncio
import contextvars
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from worker.stopping import RunStopped

T = TypeVar("T")


async def run_in_thread(work: Callable[[], T]) -> T:
    """Do the work in a thread of its own, with this task's context; what it raises is raised here.

    Cancelling the task raises `RunStopped` inside the work, at its next Python instruction, and
    goes on waiting for it to leave. Cancelling it again leaves the work behind: it may sit in a
    long system call, after which it stops. The thread does not keep the process from ending.
    """
    outcome: Future[T] = Future()
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_settle, outcome, work), daemon=True)
    thread.start()
    waiter = asyncio.wrap_future(outcome)
    try:
        return await asyncio.shield(waiter)
    except asyncio.CancelledError:
        if waiter.done():
            raise
        _raise_inside(thread)
    return await waiter


def _settle(outcome: "Future[T]", work: Callable[[], T]) -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whatever it was, the waiting task hears of it
        if not outcome.cancelled():
            outcome.set_exception(error)
    else:
        if not outcome.cancelled():
            outcome.set_result(result)


def _raise_inside(thread: threading.Thread) -> None:
    """Python's own means to interrupt a thread; one that has just ended is left alone."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(RunStopped)
        )
