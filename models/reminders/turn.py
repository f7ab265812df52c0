"""Whose turn it is to send reminders: one run's at a time, in the whole installation."""

from typing import Any, Self

from psycopg import AsyncConnection, OperationalError

from models.connections import open_connection
from models.database import patiently

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended('mumaris:reminders:sending', 0))"


class SendingTurn:
    """An async context manager: what it has taken, it gives back.

    The turn is an advisory lock on a connection of its own. It goes when the process dies, whatever
    kills it: the kernel closes the connection.
    """

    def __init__(self) -> None:
        self._connection: AsyncConnection[Any] | None = None
        self._is_ours = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leave()

    @patiently
    async def is_ours(self) -> bool:
        """Ask PostgreSQL whether it is ours; it is taken where it is free.

        Whoever holds it keeps asking: the turn is lost with the connection, and may be another's
        by the time that there is a new one. Nobody can take it while PostgreSQL is away.
        """
        try:
            return await self._ask()
        except OperationalError:
            await self._leave()
            raise

    async def _ask(self) -> bool:
        if self._connection is None:
            self._connection = await open_connection("mumaris reminders")
        if self._is_ours:
            await self._connection.execute("SELECT 1")
        else:
            cursor = await self._connection.execute(_TAKE)
            self._is_ours = (await cursor.fetchone()) == (True,)
        return self._is_ours

    async def _leave(self) -> None:
        connection, self._connection, self._is_ours = self._connection, None, False
        if connection is not None:
            await connection.close()
