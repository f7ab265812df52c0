"""How long pages, calls and commands wait in tests: longer than for a person.

Their seconds are those of a machine that does nothing else: on one that stood still for ten, a
transaction would be ended that was only slow. What a test says of the limits themselves, it says
with ``in_a_hurry``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from cli.work import prefect_look
from models.connections import CALLS, PAGES, Limits

_SHIPPED = [(limits, asdict(limits)) for limits in (PAGES, CALLS)]
_PATIENT = {"statement": 120, "lock": 60, "idle": 120, "pool": 60, "connect": 60}


def take_time() -> None:
    """Let nobody be sent away because the machine is busy."""
    for limits, _ in _SHIPPED:
        _set(limits, _PATIENT)
    # No test has a Prefect server that never answers; those that do may be slow.
    vars(prefect_look)["_SECONDS"] = 60.0


@contextmanager
def in_a_hurry() -> Iterator[None]:
    """The limits as they are shipped."""
    for limits, shipped in _SHIPPED:
        _set(limits, shipped)
    try:
        yield
    finally:
        take_time()


def _set(limits: Limits, seconds: Mapping[str, Any]) -> None:
    # Whoever imported them has the same object.
    for name, value in seconds.items():
        object.__setattr__(limits, name, value)
