"""Nobody waits long in vain: what cannot be had soon is answered with 503, the rest goes on.

Pure ASGI, the innermost of what `portal.web.guarding` stands around the pages.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Receive, Scope, Send

from desk.accounts.hashing import PATIENCE
from desk.policy import current_policy
from models.connections import PAGES, Limits, limited
from models.settings import DatabaseSettings
from rules.errors import Unavailable

#: Seconds that somebody waits for a place at most, however fast the places are given on. Browsers
#: and proxies give up after a minute.
LONGEST = 30.0


class TooManyAtOnce(Unavailable):
    """As many as may be at once are being answered already, and it does not go on."""


class Room:
    """Places for those who are answered at the same time; all others wait in turn.

    While places are given on, nobody is sent away: a crowd is served one after the other. Where
    none was for so many seconds, those inside wait for one thing, and whoever stands before the
    door is told.
    """

    def __init__(self, places: int, seconds: float | None = None) -> None:
        self._places = asyncio.Semaphore(places)
        self._seconds = PAGES.pool if seconds is None else seconds
        #: Until when each waits at the latest.
        self._waiting: dict[asyncio.Timeout, float] = {}

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of them, for as long as it takes; raises `TooManyAtOnce`."""
        await self._enter()
        try:
            yield
        finally:
            self._places.release()
            self._go_on()

    async def _enter(self) -> None:
        latest = asyncio.get_running_loop().time() + LONGEST
        try:
            async with asyncio.timeout(self._seconds) as patience:
                self._waiting[patience] = latest
                try:
                    await self._places.acquire()
                finally:
                    del self._waiting[patience]
        except TimeoutError:
            raise TooManyAtOnce from None

    def _go_on(self) -> None:
        until = asyncio.get_running_loop().time() + self._seconds
        for patience, latest in self._waiting.items():
            if not patience.expired():
                patience.reschedule(min(until, latest))


@dataclass(frozen=True)
class _Rooms:
    looks: Room
    presses: Room
    passwords: Room


class Hurry:
    """Gives pages the short ``limits``, and leaves connections for those that only look.

    A press (POST) may wait for a row's lock, so presses get one half of the connections: while all
    of them wait for one row, pages are still shown. Pages get the other half but one, which is
    health's. Presses that have a password computed (paths that begin with one of ``hashing``) wait
    for a processor, and hold up no other press.

    What is ``streamed`` takes as long as its sender: it has rooms of its own. What is ``free``
    holds no connection, as it waits for somebody else's server, or must be told in any crowd.
    """

    def __init__(
        self,
        app: ASGIApp,
        streamed: tuple[str, ...] = (),
        hashing: tuple[str, ...] = (),
        free: tuple[str, ...] = (),
        limits: Limits = PAGES,
    ) -> None:
        self._app = app
        self._limits = limits
        self._streamed = streamed
        self._hashing = hashing
        self._free = free
        self._rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, _Rooms] = WeakKeyDictionary()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or raise what becomes a 503."""
        if scope["type"] == "http" and scope["path"].startswith(self._streamed):
            await self._app(scope, receive, send)
            return
        with limited(self._limits):
            if scope["type"] != "http" or scope["path"].startswith(self._free):
                await self._app(scope, receive, send)
                return
            async with self._room(scope).place():
                await self._app(scope, receive, send)

    def _room(self, scope: Scope) -> Room:
        loop = asyncio.get_running_loop()
        rooms = self._rooms.get(loop)
        if rooms is None:
            rooms = self._rooms[loop] = _made_rooms()
        if scope["method"] in {"GET", "HEAD"}:
            return rooms.looks
        return rooms.passwords if scope["path"].startswith(self._hashing) else rooms.presses


def _made_rooms() -> _Rooms:
    half = DatabaseSettings().pool_size  # a burst may take as many more
    return _Rooms(
        looks=Room(max(1, half - 1)),
        presses=Room(half),
        # While one is computed, another one is looked up or kept.
        passwords=Room(2 * current_policy().accounts.hashes_at_once, PATIENCE),
    )
