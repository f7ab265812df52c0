"""The doorbell: PostgreSQL tells the worker that there is something to do.

Whoever writes work ends its transaction with a ring of one of `models.bells`.
"""

import asyncio
from collections.abc import Callable, Mapping

import psycopg
from prefect.logging import get_logger

from models.bells import Bells, listening

_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 5.0

logger = get_logger(f"mumaris.{__name__}")


class Doorbell:
    """Hears bells and calls what each of them is to ring.

    A lost connection is made again with growing pauses (0.2–5 s), and
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
                async with listening(
                    "mumaris doorbell", self._bells, url=self._database_url
                ) as heard:
                    pause = _FIRST_PAUSE_SECONDS
                    await self._relay(heard)
            except psycopg.Error as error:
                # By its type only: the message of a refused connection names host and user.
                logger.warning(
                    "The doorbell is disconnected (%s); trying again in %.1f s",
                    type(error).__name__,
                    pause,
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _relay(self, heard: Bells) -> None:
        logger.info("The doorbell is connected")
        for ring in self._bells.values():
            ring()
        async for bell in heard.rings():
            self._bells[bell]()
