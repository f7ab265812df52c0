"""Flows that the worker's tests deploy; they write what they did, and when, to a file."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import FlowRun, State
from prefect.flow_runs import asuspend_flow_run
from prefect.flows import Flow


def note(notes: str, word: str) -> None:
    """Append a word and the time to the file."""
    with Path(notes).open("a") as lines:
        lines.write(f"{word} {time.time()}\n")


def note_cancellation(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """An on_cancellation hook."""
    note(flow_run.parameters["notes"], "hook")


@flow
async def quick(notes: str) -> None:
    """Writes one line."""
    note(notes, "began")


@task
async def wait_in_a_task(seconds: float) -> None:
    """Waits, as a step of a flow."""
    await asyncio.sleep(seconds)


@flow(on_cancellation=[note_cancellation])
async def waits(notes: str, seconds: float = 60.0) -> None:
    """Waits inside a task, and says so if it got to the end."""
    note(notes, "began")
    await wait_in_a_task(seconds)
    note(notes, "ended")


@flow(on_cancellation=[note_cancellation])
def waits_in_a_thread(notes: str, seconds: float = 60.0) -> None:
    """The same without async."""
    note(notes, "began")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.05)
    note(notes, "ended")


@flow
async def steps(notes: str, seconds: float = 60.0) -> None:
    """Takes one short step after the other, and says so when it is made to leave."""
    note(notes, "began")
    try:
        for _ in range(int(seconds / 0.1)):
            await wait_in_a_task(0.1)
    finally:
        note(notes, "left")


@flow
async def fails(notes: str) -> None:
    """Fails as flows do."""
    note(notes, "began")
    raise LookupError("nothing is there")


@flow
async def suspends(notes: str) -> None:
    """Waits at a gate, and goes on when it is resumed."""
    note(notes, "began")
    await asuspend_flow_run(key="gate", timeout=3600)
    note(notes, "ended")


async def keep_house() -> None:
    """A caretaker's job."""
    note(os.environ["TEST_NOTES"], "swept")
