"""Answers that take as long whatever is behind them: what was done is not to be read from a clock.

Pure ASGI, around `portal.web.hurrying.Hurry`: whoever waits here holds no place and no connection,
so that asking again and again keeps nobody from pressing.
"""

import asyncio
import time
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Seconds that an answer takes at least: several times what the work behind it needs.
EVENLY = 0.4


class Evenly:
    """Sends the answer to a press of one of these pages after `EVENLY`, however it ends."""

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self._app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, not too soon."""
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in self._paths:
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        try:
            await self._app(scope, receive, keep)
        finally:
            await asyncio.sleep(max(0.0, EVENLY - (time.monotonic() - began)))
        for message in answer:
            await send(message)
