"""What is asked about rows one by one, and can be asked of a whole set ahead.

A question is one statement over any number of keys. Who asks about one row gets what was asked
ahead for the set, where somebody did, so checking one and checking many is the same code.
"""

from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Any, Generic, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Question(Generic[K, V]):
    """One statement that answers for all keys at once; a key without an answer is left out."""

    def __init__(
        self, ask: Callable[[AsyncSession, Collection[K]], Awaitable[Mapping[K, V]]]
    ) -> None:
        self._ask = ask

    async def ask_ahead(self, session: AsyncSession, keys: Collection[K]) -> list[V]:
        """Ask about these now; the answers there are, in no order.

        From here on `about` gives what was found, to the end of the session: nobody's later change
        is seen, not the session's own either. What was asked ahead before is not asked again.
        """
        answers: dict[K, V | None] = session.info.setdefault(self, {})
        new = set(keys) - answers.keys()
        if new:
            found = await self._ask(session, new)
            answers.update({key: found.get(key) for key in new})
        return [answer for key in set(keys) if (answer := answers[key]) is not None]

    def know(self, session: AsyncSession, answers: Mapping[K, V | None]) -> None:
        """Take these for asked ahead: another statement has answered them with its own."""
        known: dict[K, V | None] = session.info.setdefault(self, {})
        known.update({key: answer for key, answer in answers.items() if key not in known})

    async def about(self, session: AsyncSession, key: K) -> V | None:
        """The answer about this one, or None: what was asked ahead, or else asked now."""
        answers: Mapping[Any, V | None] = session.info.get(self, {})
        if key in answers:
            return answers[key]
        return (await self._ask(session, [key])).get(key)
