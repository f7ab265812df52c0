"""Whether a letter is still wanted, and ours to send: asked right before its content goes."""

import asyncio
import logging
from collections.abc import Collection
from typing import Generic
from uuid import UUID

from models.database import Glance, glances
from tasks.sending.outbox import L, Outbox

logger = logging.getLogger("mumaris.letters")


class StillOurs(Generic[L]):
    """Asks for many couriers at once: who comes while a question is under way is in the next one.

    So the answer is never older than the question, and costs a thousand letters a second little.
    """

    def __init__(self, outbox: Outbox[L]) -> None:
        self._outbox = outbox
        self._waiting: list[tuple[L, asyncio.Future[bool]]] = []
        self._asked: list[tuple[L, asyncio.Future[bool]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, letter: L) -> bool:
        """Not while the database is away, which could not be told what became of the letter."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((letter, answer))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_for_all())
        return await answer

    async def _ask_for_all(self) -> None:
        while self._waiting:
            try:
                async with glances() as connection:
                    await self._ask_on(connection)
            except Exception as away:  # noqa: BLE001 - whatever it is, nobody may wait for ever
                logger.warning("e-mails are held back: %s", type(away).__name__)
                self._asked, self._waiting = [*self._asked, *self._waiting], []
                self._answer(())

    async def _ask_on(self, connection: Glance) -> None:
        while self._waiting:
            self._asked, self._waiting = self._waiting, []
            letters = [letter for letter, _ in self._asked]
            self._answer(await self._outbox.still_ours(connection, letters))
            # Whoever hears that may go has the next letter announced soon.
            await asyncio.sleep(0)

    def _answer(self, ours: Collection[UUID]) -> None:
        asked, self._asked = self._asked, []
        for letter, answer in asked:
            if not answer.done():
                answer.set_result(letter.id in ours)
