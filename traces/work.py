"""A piece of work, and the spans that tell of it: one in the trace of each request that it moved.

Processes hand each other nothing: whoever knows a request's id knows its trace. A span says which
work it was, how many requests it moved and how it ended; never who or what is in them.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import cache
from uuid import UUID

#: OpenTelemetry's own words: where spans are sent, over HTTP.
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Side(Enum):
    """What a piece of work is to the processes around it, by OpenTelemetry's names."""

    SERVER = "answers somebody"
    CLIENT = "asks somebody"
    INTERNAL = "neither"


class WorkDone:
    """What is being done, and what is known of it so far."""

    def __init__(self, name: str, side: Side, requests: Sequence[UUID]) -> None:
        #: May be given later: the pattern of a page's route is known once it is found.
        self.name = name
        self.side = side
        self.said: dict[str, str | int] = {}
        #: The type of what went wrong; its words may be somebody's.
        self.fault: str | None = None
        #: Those that came to be by it: its span is the first of their traces.
        self.begun: set[UUID] = set()
        self.requests = dict.fromkeys(requests)
        self.began_at = time.time_ns()


_under_way: ContextVar[WorkDone | None] = ContextVar("under_way", default=None)


@cache
def is_traced() -> bool:
    """Whether this process sends spans anywhere; the environment is read once."""
    return any(os.environ.get(name) for name in ENDPOINTS)


@contextmanager
def work(
    name: str,
    *,
    side: Side = Side.INTERNAL,
    of: Sequence[UUID] = (),
    tried: Sequence[UUID] = (),
) -> Iterator[WorkDone | None]:
    """Tell of what is done within; None where spans are sent nowhere.

    ``of`` are the requests that it is about, and those that the door moves meanwhile; where it
    fails, also those that it ``tried`` to move. An error is told by its type, and goes on.
    """
    if not is_traced():
        yield None
        return
    from traces.spans import tell  # noqa: PLC0415 - it takes a tenth of a second

    this = WorkDone(name, side, of)
    before = _under_way.set(this)
    try:
        yield this
    except BaseException as error:
        this.fault = type(error).__name__
        this.requests |= dict.fromkeys(tried)
        raise
    finally:
        _under_way.reset(before)
        tell(this, ended_at=time.time_ns())


def note_begun(requests: Sequence[UUID]) -> None:
    """These requests have come to be by what is under way."""
    if (this := _under_way.get()) is not None:
        this.begun.update(requests)
        this.requests |= dict.fromkeys(requests)


def note_moved(requests: Sequence[UUID]) -> None:
    """What is under way has done something to these requests."""
    if (this := _under_way.get()) is not None:
        this.requests |= dict.fromkeys(requests)
