"""What the sender asks of an outbox, and what it tells it.

The outboxes are tables with keys, and rules of when a letter may leave, of their own; the way from
held rows to stamped rows is one. A webhook goes it too: here it is a letter as any other.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from mail.composing.attaching import Attachment
from mail.delivering.outcomes import Accepted, Outcome
from mail.facts.letter import LetterFacts
from models.database import Glance


class Outgoing(Protocol):
    """A letter that is held and may leave."""

    @property
    def id(self) -> UUID:
        """Stays the same on every attempt: an e-mail's Message-ID is made of it."""

    @property
    def attempts(self) -> int:
        """Attempts that ended before."""


class OutgoingMail(Outgoing, Protocol):
    """An e-mail."""

    @property
    def letter(self) -> str:
        """Which one it is, by the name of its template."""

    @property
    def to(self) -> str:
        """The address that it goes to."""

    @property
    def dated(self) -> datetime:
        """The message's date."""

    @property
    def request_id(self) -> UUID | None:
        """Of the request that it is about, if it is about one."""

    @property
    def reminder_id(self) -> UUID | None:
        """Of the reminder that it is; None for any other letter."""


L = TypeVar("L", bound=Outgoing)
M = TypeVar("M", bound=OutgoingMail)
#: How long one may take to travel, all answers together.
SEND_WITHIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Taken(Generic[L]):
    """A set that is held."""

    #: How many rows were held.
    held: int
    #: Those of them that may leave, in the order in which they do; the others are stamped already.
    ready: list[L]
    #: Whether mail is known not to leave.
    away: bool


@dataclass(frozen=True, slots=True)
class Ended(Generic[L]):
    """A letter whose attempt has ended."""

    letter: L
    outcome: Outcome
    #: When it is tried again; None: it was sent, or it has failed.
    again: datetime | None

    @property
    def sent(self) -> bool:
        """Whether the mail server, or whoever receives it, has it."""
        return isinstance(self.outcome, Accepted)


class Outbox(ABC, Generic[L]):
    """Rows that are letters. A letter is held by one sender at a time, until its lease ends."""

    @abstractmethod
    def take(self, now: datetime, lease: timedelta, limit: int, /) -> Awaitable[Taken[L]]:
        """Hold the next that are due, decide which may leave, and mint what their links carry.

        One of them while mail is known not to leave: it finds out whether that is still so.
        """

    def is_current(self, _letter: L, _now: datetime, /) -> bool:
        """Whether what it says is still true at this instant."""
        return True

    @abstractmethod
    async def still_ours(self, connection: Glance, letters: Sequence[L], /) -> Collection[UUID]:
        """Those still wanted and still ours; asked right before the content, for many at once."""

    @abstractmethod
    async def stamp(
        self, session: AsyncSession, ended: Sequence[Ended[L]], now: datetime, /
    ) -> None:
        """Write how these attempts ended, all in one statement; whoever lost the lease does not.

        But that a letter was accepted is always written.
        """

    @abstractmethod
    async def give_back(
        self, session: AsyncSession, letters: Sequence[L], now: datetime, is_away: bool, /
    ) -> None:
        """End our hold of letters that were not tried; another's stays.

        ``is_away`` is whether they were not, as others had just been refused because of us.
        """

    async def next_due(self, _now: datetime, /) -> datetime | None:
        """When the next that waits may be taken by this sender; None when none is waited for."""
        return None


class MailOutbox(Outbox[M]):
    """Of e-mails, which are written when they leave."""

    @abstractmethod
    async def facts(self, letter: M) -> LetterFacts:
        """What the letter says; raises where it cannot be written (`tasks.sending.composing`)."""

    async def with_file(
        self, _letter: M, facts: LetterFacts
    ) -> tuple[LetterFacts, Attachment | None]:
        """What it says beside the file that travels with it, and that file; most have none."""
        return facts, None
