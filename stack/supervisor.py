"""A child that dies is started again, later and later, and somebody is told."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

_LOOK_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
#: After running for so long a child's earlier deaths are forgotten.
_STEADY_SECONDS = 60.0


class Startable(Protocol):
    """What a supervisor needs to know of a child."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def exit_code(self) -> int | None:
        """How it ended."""

    def is_running(self) -> bool:
        """Whether it runs."""

    def start(self) -> None:
        """Run it again."""


def pause_before_restart(deaths: int) -> float:
    """Seconds to wait after so many deaths in a row: 1, 2, 4, 8, 16, then 30 each time."""
    return min(2.0 ** min(deaths - 1, 5), _LONGEST_PAUSE_SECONDS)


class WatchedChild:
    """One child under supervision. Time, in seconds, is an argument."""

    def __init__(self, child: Startable, progress: Callable[[str], None]) -> None:
        self._child = child
        self._progress = progress
        self._deaths = 0
        self._started_at: float | None = None
        self._start_at: float | None = None

    def look(self, now: float) -> None:
        """Notice a death, or start what has been dead for long enough."""
        if self._child.is_running():
            if self._started_at is not None and now - self._started_at >= _STEADY_SECONDS:
                self._deaths = 0
        elif self._start_at is None:
            self._deaths += 1
            pause = pause_before_restart(self._deaths)
            self._start_at = now + pause
            ended = f"{self._child.name} ended with code {self._child.exit_code}"
            self._tell(f"{ended}; starting it again in {pause:g} s")
        elif now >= self._start_at:
            self._child.start()
            self._started_at, self._start_at = now, None
            self._tell(f"{self._child.name} started again")

    def _tell(self, line: str) -> None:
        # Nobody may be there to read: a closed terminal, a full disk.
        with suppress(OSError, ValueError):
            self._progress(line)


class Supervisor:
    """Looks after children from a thread of its own, from `start` to `stop`."""

    def __init__(self, children: Sequence[Startable], progress: Callable[[str], None]) -> None:
        self._children = [WatchedChild(child, progress) for child in children]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begin to look; once only."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking, so that children may be stopped; returns when nothing starts any more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_SECONDS):
            for child in self._children:
                # No process can be started now, say: the next look tries again.
                with suppress(OSError):
                    child.look(time.monotonic())
