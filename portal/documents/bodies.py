"""The body of an upload: read as fast as it is kept, and no further than it is wanted."""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.documents.forms import FormRefused

#: Seconds for which a body may be waited for (assumed) …
PATIENCE_SECONDS = 20.0
#: … and so many bytes give back one of them: a slow telephone sends twice as much (assumed).
BYTES_A_SECOND = 8 * 1024
#: Seconds in which nothing comes, and seconds altogether, while we wait for a sender to hear us.
#: nginx's numbers.
LINGER_QUIET_SECONDS, LINGER_SECONDS = 5.0, 30.0
_TOO_SLOW = 408


async def body_of(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; the time that we take over it is not the sender's.

    Raises `ClientDisconnect` where the sender is gone and `FormRefused` where it is too slow: who
    sends a byte now and then keeps nothing open for long.
    """
    patience, more = PATIENCE_SECONDS, True
    while more:
        begun = time.monotonic()
        try:
            # Never ends as a TimeoutError, which is an OSError: that would be the store's.
            async with asyncio.timeout(patience):
                message = await request.receive()
        except TimeoutError:
            raise FormRefused("form_too_slow", status=_TOO_SLOW) from None
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        patience += len(piece) / BYTES_A_SECOND - (time.monotonic() - begun)
        patience = min(max(patience, 0.0), PATIENCE_SECONDS)
        if piece:
            yield piece


class Lingering:
    """Lets a sender hear a refusal that comes before all of its body has.

    The rest is not looked at. A connection that is closed over unread bytes is reset, and a reset
    takes the answer with it (RFC 9112, 9.6): so the answer is sent, with ``Connection: close``, and
    what still comes is thrown away for a while. Pure ASGI, outside of whatever answers; only where
    a path begins with ``begin``.
    """

    def __init__(self, app: ASGIApp, begin: str | tuple[str, ...] = "/") -> None:
        self._app = app
        self._begin = begin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and hear the sender out."""
        streamed = scope["type"] == "http" and scope["path"].startswith(self._begin)
        if not streamed or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        all_has_come = False

        async def receive_and_note() -> Message:
            nonlocal all_has_come
            message = await receive()
            all_has_come = not message.get("more_body", False)
            return message

        async def send_and_linger(message: Message) -> None:
            if all_has_come:
                await send(message)
            elif message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
                await send(message)
            elif message.get("more_body", False):
                await send(message)
            else:
                await send({**message, "more_body": True})
                await _hear_out(receive)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, receive_and_note, send_and_linger)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"


async def _hear_out(receive: Receive) -> None:
    try:
        async with asyncio.timeout(LINGER_SECONDS):
            more = True
            while more:
                async with asyncio.timeout(LINGER_QUIET_SECONDS):
                    more = (await receive()).get("more_body", False)
    except TimeoutError:
        return
