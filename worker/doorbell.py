"""The doorbell: PostgreSQL tells the worker that there is something to do.

Whoever writes work ends its transaction with a ``NOTIFY`` on one of the channels of `models.bells`.
PostgreSQL delivers a notification after commit, so a ring never comes before its row can be read.
"""

import asyncio
from collections.abc import Callable, Mapping

import psycopg
from prefect.logging import get_logger
from psycopg import sql

from models.connections import open_connection

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

logger = get_logger(f"mumaris.{__name__}")


class Doorbell:
    """Listens on channels and calls what each of them is to ring.

    The payload is not looked at. A lost connection is made again with growing pauses (0.2–5 s), and
    every connection made rings all of them: what was said while nobody listened is lost.
    """

    def __init__(self, database_url: str, bells: Mapping[str, Callable[[], None]]) -> None:
        self._database_url = database_url
        self._bells = bells

    async def listen(self) -> None:
        """Listen until cancelled."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                async with await self._connect() as connection:
                    pause = _FIRST_PAUSE_SECONDS
                    await self._relay(connection)
            except psycopg.Error as error:
                # By its type only: the message of a refused connection names host and user.
                logger.warning(
                    "The doorbell is disconnected (%s); trying again in %.1f s",
                    type(error).__name__,
                    pause,
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _connect(self) -> psycopg.AsyncConnection:
        return await open_connection("mumaris doorbell", url=self._database_url)

    async def _relay(self, connection: psycopg.AsyncConnection) -> None:
        for channel in self._bells:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        logger.info("The doorbell is connected")
        for ring in self._bells.values():
            ring()
        async for notification in connection.notifies():
            self._bells[notification.channel]()
