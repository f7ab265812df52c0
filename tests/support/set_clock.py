"""A clock that tests set, and seconds that only pass."""

import asyncio
from datetime import datetime, timedelta


class SetClock:
    """Time passes only in `sleep`, at once; a clock that is set anew lets none pass."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._passed = 0.0

    def now(self) -> datetime:
        """What the clock shows."""
        return self.at

    def ticks(self) -> float:
        """The seconds that have passed."""
        return self._passed

    async def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        self.at += timedelta(seconds=seconds)
        self._passed += seconds
        await asyncio.sleep(0)
