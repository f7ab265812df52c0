"""Waiting out the times when Prefect's server cannot be reached."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import httpx
from prefect.logging import get_logger

_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0

logger = get_logger(f"mumaris.{__name__}")


def is_outage(error: BaseException) -> bool:
    """Whether this heals by waiting: no answer, or one that says that the server is unwell."""
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, httpx.TransportError | TimeoutError)


def lost_server(error: BaseException, api_url: httpx.URL) -> bool:
    """Whether it is Prefect's own server that gave no answer, not one that a flow asked."""
    return (
        is_outage(error)
        and isinstance(error, httpx.HTTPError)
        and str(error.request.url).startswith(str(api_url))
    )


class Patience:
    """Attempts one job over and over, and tells of an outage once and of its end once."""

    def __init__(self) -> None:
        self._waiting = False

    async def attempt(self, job: Callable[[], Awaitable[object]]) -> bool:
        """Whether the job got through; raises what no waiting will heal."""
        try:
            await job()
        except Exception as error:
            if not is_outage(error):
                raise
            if not self._waiting:
                logger.warning("Prefect's server is away (%s); trying on", type(error).__name__)
            self._waiting = True
            return False
        if self._waiting:
            logger.info("Prefect's server is back")
        self._waiting = False
        return True

    async def insist(self, job: Callable[[], Awaitable[object]]) -> None:
        """Attempt until the job got through, with pauses of 0.5 s growing to 5 s."""
        pause = _FIRST_PAUSE_SECONDS
        while not await self.attempt(job):
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
