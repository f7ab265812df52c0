"""What a step of a pipeline is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from models.requests import Request


@dataclass(frozen=True)
class Step:
    """A task, and when it is due.

    The task moves the request on, or returns the instant at which it is to be tried again because
    something outside does not answer. A step that is done is not due, so it is passed over.
    """

    name: str
    is_due: Callable[[Request], bool]
    task: Callable[[str], Awaitable[datetime | None]]
