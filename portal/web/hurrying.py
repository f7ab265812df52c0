"""Nobody waits long for a page: what cannot be had soon is answered with 503, and the rest goes on.

Pure ASGI, the innermost of what `portal.web.guarding` stands around the pages.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from starlette.types import ASGIApp, Receive, Scope, Send

from models.connections import PAGES, limited
from models.settings import DatabaseSettings
from rules.errors import Unavailable


class TooManyPresses(Unavailable):
    """As many presses as may be at once wait for the database already."""


class Hurry:
    """Gives pages the short limits of `PAGES`, and leaves connections for those that only look.

    A press (POST) may wait for a row's lock, so presses get one half of the connections: while all
    of them wait for one row, pages are still shown and health is still told. What is ``streamed``
    takes as long as its sender: it has rooms of its own. What is ``elsewhere`` waits for somebody
    else's server, and holds no connection meanwhile: it needs no place.
    """

    def __init__(
        self, app: ASGIApp, streamed: tuple[str, ...] = (), elsewhere: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._streamed = streamed
        self._elsewhere = elsewhere
        self._rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = (
            WeakKeyDictionary()
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or raise what becomes a 503."""
        if scope["type"] == "http" and scope["path"].startswith(self._streamed):
            await self._app(scope, receive, send)
            return
        with limited(PAGES):
            if self._needs_no_place(scope):
                await self._app(scope, receive, send)
                return
            async with self._place():
                await self._app(scope, receive, send)

    def _needs_no_place(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD"}:
            return True
        return bool(scope["path"].startswith(self._elsewhere))

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        room = self._rooms.setdefault(loop, asyncio.Semaphore(DatabaseSettings().pool_size))
        try:
            async with asyncio.timeout(PAGES.pool):
                await room.acquire()
        except TimeoutError:
            raise TooManyPresses from None
        try:
            yield
        finally:
            room.release()
