"""When a call is tried again by itself, and after how long."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from mumaris_client.calls import Call
from mumaris_client.errors import ApiProblem

T = TypeVar("T")

#: The first one counts.
ATTEMPTS = 4
#: Seconds between the attempts of one call, all together.
LONGEST = 120.0
#: The server was away, or went away before it had answered. Timeouts are not among these: whoever
#: waited for one has waited long enough to be told.
BROKEN = (httpx.NetworkError, httpx.RemoteProtocolError)
_TOO_MANY, _AWAY = 429, 503


class Attempts:
    """The attempts of one call; ``may_repeat`` says whether a second one does nothing twice."""

    def __init__(self, *, may_repeat: bool) -> None:
        self._most = ATTEMPTS if may_repeat else 1
        self._made = 0
        self._waited = 0.0

    def pause_after(self, failed: Exception) -> float:
        """Seconds until the next attempt; raises ``failed`` itself where there is none."""
        self._made += 1
        seconds = self._wanted(failed)
        if self._made == self._most or seconds is None or self._waited + seconds > LONGEST:
            raise failed
        self._waited += seconds
        return seconds

    def _wanted(self, failed: Exception) -> float | None:
        if isinstance(failed, BROKEN):
            return float(2 ** (self._made - 1))
        if isinstance(failed, ApiProblem) and failed.status in {_TOO_MANY, _AWAY}:
            return failed.retry_after
        return None


def send(call: Call[T], client: httpx.Client, wait: Callable[[float], None]) -> T:
    """What the call is answered with, at the last of its attempts."""
    attempts = Attempts(may_repeat=call.may_repeat)
    while True:
        try:
            return call.read(client.request(call.method, call.path, **call.sent))
        except (ApiProblem, *BROKEN) as failed:
            wait(attempts.pause_after(failed))


async def send_async(
    call: Call[T], client: httpx.AsyncClient, wait: Callable[[float], Awaitable[None]]
) -> T:
    """The same, for programs with asyncio."""
    attempts = Attempts(may_repeat=call.may_repeat)
    while True:
        try:
            return call.read(await client.request(call.method, call.path, **call.sent))
        except (ApiProblem, *BROKEN) as failed:
            await wait(attempts.pause_after(failed))
