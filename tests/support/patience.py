"""How long a test waits for a condition: so many seconds of a machine of its own.

A deadline is there to end a test that waits in vain. On a machine that is busy with other things
the same steps take as many times longer, and so may the wait.
"""

import os
import time


class Patience:
    """A deadline so many seconds away, which moves away while the machine is busy."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = time.monotonic()

    @property
    def is_at_its_end(self) -> bool:
        """Whether the time is up, however busy the machine was."""
        return time.monotonic() - self._began > self.seconds * _times_busier()


def _times_busier() -> float:
    """How many processes want each processor; 1 where they have it for themselves."""
    return max(1.0, max(os.getloadavg()) / (os.cpu_count() or 1))
