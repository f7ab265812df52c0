"""How often a machine may call, and what it is told of that."""

from datetime import datetime, timedelta
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rules.errors import TooOften

WINDOW = timedelta(minutes=1)
#: Where a call's headers are kept until it is answered.
_TOLD = "mumaris.rate"


class TooManyCalls(TooOften):
    """The machine has made all calls of this minute; ``again_at`` is when it may go on."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"too many calls; again at {again_at:%Y-%m-%d %H:%M:%S} UTC")
        self.again_at = again_at


class Calls:
    """Counts the calls of each machine within a minute, in the memory of this process."""

    def __init__(self) -> None:
        self._counted: dict[UUID, tuple[datetime, int]] = {}

    def take(self, machine_id: UUID, *, most: int, scope: Scope, now: datetime) -> None:
        """Count a call, and keep what the answer's headers say; raises `TooManyCalls`."""
        began, count = self._counted.get(machine_id, (now, 0))
        if not began <= now < began + WINDOW:
            began, count = now, 0
        left = most - count - 1
        if left >= 0:
            self._counted[machine_id] = (began, count + 1)
        seconds = max(1, round((began + WINDOW - now).total_seconds()))
        scope[_TOLD] = {
            "RateLimit-Policy": f'"calls";q={most};w={int(WINDOW.total_seconds())}',
            "RateLimit": f'"calls";r={max(left, 0)};t={seconds}',
        }
        if left < 0:
            raise TooManyCalls(began + WINDOW)


class RateHeaders:
    """Puts on each answer how many calls are left (the IETF's draft on rate limit headers)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers where a machine was known."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(scope.get(_TOLD, {}))
            await send(message)

        await self._app(scope, receive, send_with_headers)
