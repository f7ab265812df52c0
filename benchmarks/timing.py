"""How long something takes, and the slowest twentieth of it."""

import statistics
import time
from collections.abc import Callable


def seconds_of(work: Callable[[], None]) -> float:
    """How long this work takes, by a clock that nobody sets."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p95(taken: list[float]) -> float:
    """What nineteen of twenty stay below."""
    return statistics.quantiles(taken, n=20)[-1]
