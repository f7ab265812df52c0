"""By what the rows of an outbox travel, how fast, and what the ends of attempts say."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Generic

from sqlmodel.ext.asyncio.session import AsyncSession

from mail.delivering.outcomes import Outcome
from tasks.sending.outbox import Ended, L

#: Asked right before the content travels: whether it may.
MayGo = Callable[[], Awaitable[bool]]
#: Carries one to its receiver; how that ended is a value, and nothing is raised.
Carry = Callable[[L, MayGo], Awaitable[Outcome]]


class Carriage(ABC, Generic[L]):
    """E-mail (`tasks.sending.post`) and webhooks (`tasks.webhooks.delivery`) are the two."""

    @abstractmethod
    def line(self) -> AbstractAsyncContextManager[Carry[L]]:
        """One of several side by side; it carries one at a time, and is closed at the end."""

    def turn(self, _letter: L, now: float, /, *, until: float) -> float | None:  # noqa: ARG002
        """When it may leave, in the clock's ticks; None: not before ``until``."""
        return now

    @abstractmethod
    def is_trouble(self, outcome: Outcome) -> bool | None:
        """Whether so many of these in a row mean that nothing leaves; None: it does not say."""

    @abstractmethod
    async def judge(
        self, session: AsyncSession, letter: L, outcome: Outcome, now: datetime, /
    ) -> Ended[L]:
        """When it is tried again, if it is."""

    async def heed(
        self, session: AsyncSession, ended: Sequence[Ended[L]], now: datetime, is_away: bool, /
    ) -> None:
        """What these ends say beside the rows that were stamped, in the same transaction."""

    def tell(self, ended: Sequence[Ended[L]], is_away: bool, /) -> None:
        """Say in the log what somebody should hear of, once it is written."""
