"""The time of a run: what its clock shows, what has really passed, and waits that end early."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from desk.clock import utc_now

#: What shows the time.
Clock = Callable[[], datetime]
#: A clock that has gone so much further, or less far, than time has passed was set anew. NTP's
#: corrections are far below; a machine that slept looks the same, and its day may be over too.
JUMP = timedelta(minutes=10)


class RunClock:
    """A clock, from now on, beside seconds that nobody can set."""

    def __init__(
        self,
        clock: Clock = utc_now,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``ticks`` only ever go forward, and ``sleep`` returns when so many of them are over."""
        self.now = clock
        self.ticks = ticks
        self._sleep = sleep
        self._began = clock()
        self._first_tick = ticks()
        self._stopped = asyncio.Event()

    def has_jumped(self) -> bool:
        """Whether the clock was set anew since then: which day it is, is not known."""
        shown = (self.now() - self._began).total_seconds()
        passed = self.ticks() - self._first_tick
        return abs(shown - passed) > JUMP.total_seconds()

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has said stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End all waits, also those that have not begun."""
        self._stopped.set()

    async def wait(self, seconds: float) -> None:
        """Until so many seconds have passed or somebody says stop."""
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        stopped = asyncio.ensure_future(self._stopped.wait())
        try:
            await asyncio.wait({sleeping, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            stopped.cancel()
