"""The PostgreSQL channels that say "look again", and how they are heard (``LISTEN``).

They carry no data, and a lost ring is no loss. PostgreSQL delivers a ring after its transaction has
committed, so it never comes before its row can be read.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, sql

from models.connections import open_connection

#: A request moved: whoever waits for it, and the sweep, should look.
DOORBELL = "mumaris_doorbell"
#: A run was made or woken: a worker should look for runs.
RUN_BELL = "mumaris_runs"


class Bells:
    """Bells that are heard over one connection; whatever they say besides is not looked at."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def rings(self) -> AsyncIterator[str]:
        """The bell of each ring as it comes, without an end.

        Raises psycopg's ``Error`` once the connection is lost.
        """
        async for ring in self._connection.notifies():
            yield ring.channel

    async def wait(self, seconds: float) -> None:
        """Return at the next ring of any of them, or when so many seconds have passed."""
        async for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            pass


@asynccontextmanager
async def listening(
    name: str, bells: Iterable[str], *, url: str | None = None
) -> AsyncIterator[Bells]:
    """Hear these bells from now on, over a connection of its own (`open_connection`).

    What was said before, or while nobody listened, is lost: look once when it has begun.
    """
    async with await open_connection(name, url=url) as connection:
        for bell in bells:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(bell)))
        yield Bells(connection)
