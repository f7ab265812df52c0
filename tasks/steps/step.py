"""What a step of a pipeline is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prefect import Task

from models.requests import Request
from tasks.retrying import step_task


@dataclass(frozen=True)
class Step:
    """A task, and when it is due.

    The task moves the request on, or returns the instant at which it is to be tried again because
    something outside does not answer. A step that is done is not due, so it is passed over.
    """

    name: str
    is_due: Callable[[Request], bool]
    task: Task[[str], Any]


def step(
    name: str, *, is_due: Callable[[Request], bool]
) -> Callable[[Callable[[str], Awaitable[datetime | None]]], Step]:
    """The step that runs the decorated function as its task; Prefect shows it under ``name``."""

    def as_step(body: Callable[[str], Awaitable[datetime | None]]) -> Step:
        return Step(name, is_due, step_task(name)(body))

    return as_step
