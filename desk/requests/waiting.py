"""Waiting for a request to move, by the doorbell and, should that be lost, by looking."""

import asyncio
from collections.abc import Callable

from models.bells import DOORBELL, listening
from models.database import transaction
from models.requests import Request, find_request
from rules.errors import Conflict

#: How long a lost doorbell can go unnoticed, in seconds.
LOOK_EVERY = 1.0


class StillWaiting(Conflict):
    """The request did not come to what was waited for in the time given."""

    def __init__(self, tracking_code: str, status: str, seconds: float) -> None:
        super().__init__(f"request {tracking_code} is still {status} after {seconds:g} s")
        self.tracking_code = tracking_code
        self.status = status


async def load_request(tracking_code: str) -> Request:
    """The request as it stands now; raises `RequestUnknown`."""
    async with transaction() as session:
        return await find_request(session, tracking_code)


async def wait_until(
    tracking_code: str, arrived: Callable[[Request], bool], *, timeout: float | None = None
) -> Request:
    """The request, once ``arrived`` is true of it; raises `StillWaiting` after ``timeout`` seconds.

    Without a timeout it waits for as long as it takes. It holds one connection and no transaction.
    """
    last: list[Request] = []
    try:
        async with asyncio.timeout(timeout):
            return await _watch(tracking_code, arrived, last)
    except TimeoutError:
        status = last[-1].status if last else "unknown"
        raise StillWaiting(tracking_code, status, timeout or 0) from None


async def _watch(
    tracking_code: str, arrived: Callable[[Request], bool], last: list[Request]
) -> Request:
    async with listening("mumaris waiting", [DOORBELL]) as bells:
        while True:
            request = await load_request(tracking_code)
            last[:] = [request]
            if arrived(request):
                return request
            await bells.wait(LOOK_EVERY)
