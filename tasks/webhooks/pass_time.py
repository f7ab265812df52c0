"""The time of a pass, which all senders that it begins share."""

import time
from datetime import datetime, timedelta


class PassTime:
    """Webhooks are due by the caller's clock, and the time that has passed since."""

    def __init__(self, now: datetime, within: timedelta) -> None:
        self._began_at = now
        self._began = time.monotonic()
        self._within = within

    def now(self) -> datetime:
        """The instant from which on they are due."""
        return self._began_at + self._passed()

    @property
    def is_over(self) -> bool:
        """Whether no more of them are held."""
        return self._passed() > self._within

    def _passed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._began)
