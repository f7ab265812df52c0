"""What stands around every page: headers, a limit on what is sent to us, our own error pages.

Pure ASGI, outermost first: `OnlyHttp`, `SafeHeaders`, `ErrorPages`, `WholeBodies`, then
`portal.web.evenly.Evenly` and `portal.web.hurrying.Hurry`.
"""

import asyncio
import logging
import re
import secrets
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.database import is_passing
from portal.web.pages import error_page
from portal.web.refusing import ErrorAnswer
from portal.web.resending import BODY
from rules.errors import Broken, Unavailable

logger = logging.getLogger("mumaris.portal")

#: Bytes; each form here has one short field.
MAX_BODY = 4096
#: Seconds for the whole of it.
BODY_SECONDS = 10
#: Seconds after which a page is worth another try while the database is away or busy.
AWAY_SECONDS = 10
_LENGTH = re.compile(r"[0-9]+", re.ASCII)

HEADERS = {
    # Nothing from elsewhere and nothing inline, forms only to us.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # The token stands in the address: it must not travel to whatever a page links to.
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
#: A page of somebody's own sends a referrer to us (`portal.web.pages`), and an e-mail's HTML has
#: styles of its own (`portal.officers.deciding`).
_SAID_BY_PAGES = ("Content-Security-Policy", "Referrer-Policy")


class OnlyHttp:
    """Refuses whatever is no page, a WebSocket above all, before anything is done or logged."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what is HTTP, and the server's own start and stop."""
        if scope["type"] in {"http", "lifespan"}:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})


class SafeHeaders:
    """Puts these headers on every response, and ``no-store`` where nothing else is said."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = HEADERS) -> None:
        self._app = app
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                said = {name: headers[name] for name in _SAID_BY_PAGES if name in headers}
                headers.update({**self._headers, **said})
                headers.setdefault("Cache-Control", "no-store")
                headers.add_vary_header("Accept-Language")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class ErrorPage(Protocol):
    """Makes the answer to an error; `error_page` is the one for people."""

    def __call__(
        self, request: Request, status: int, /, *, error_id: str, headers: Mapping[str, str] | None
    ) -> Response:
        """The answer, which says nothing but the number."""
        ...


class ErrorPages:
    """Turns whatever went wrong into a page that says nothing but a number to quote.

    The log gets the number, the kinds of error and the places in the code. It gets neither the
    address (it holds a token) nor the error's text (a failed statement holds personal data); the
    error goes no further, as the server would log both.
    """

    def __init__(self, app: ASGIApp, page: ErrorPage = error_page) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with an error page where nothing else was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_and_note(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:  # noqa: BLE001 - the last stop before the server's own log
            error_id = secrets.token_hex(4)
            logger.error("error %s: %s", error_id, describe(error))  # noqa: TRY400 - see above
            if not started:
                response = self._answer(Request(scope), error, error_id)
                await response(scope, receive, send)

    def _answer(self, request: Request, error: Exception, error_id: str) -> Response:
        away = any(is_passing(each) or isinstance(each, Unavailable) for each in _chain(error))
        return self._page(
            request,
            Unavailable.page_status if away else Broken.page_status,
            error_id=error_id,
            headers={"Retry-After": str(AWAY_SECONDS)} if away else None,
        )


def describe(error: BaseException) -> str:
    """The kinds of error, innermost last, and where each was raised; no text of theirs."""
    return "; from ".join(f"{type(each).__name__} at {_place(each)}" for each in _chain(error))


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__


def _place(error: BaseException) -> str:
    """Our last steps on the way to the error, and the very last one, whoever's it is."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames[:-1] if "site-packages" not in frame.filename]
    return " > ".join(
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-3:] + frames[-1:]
    )


class WholeBodies:
    """Lets a request through when all of it has come: cut off on the way, nothing is done with it.

    Refuses bodies above `MAX_BODY` with 413, those that take longer than `BODY_SECONDS` with 408,
    and those of another length than announced with 400. ``larger`` has other limits, by how a
    path begins; what is ``streamed`` looks after its body by itself.
    """

    def __init__(
        self,
        app: ASGIApp,
        larger: Mapping[str, int] | None = None,
        streamed: tuple[str, ...] = (),
        page: ErrorAnswer = error_page,
    ) -> None:
        self._app = app
        self._page = page
        self._larger = larger or {}
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse; a sender who is gone gets no answer."""
        if scope["type"] != "http" or scope["path"].startswith(self._streamed):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(Request(scope), receive, self._limit(scope["path"]))
        except TimeoutError:
            body = 408
        if body is None:
            return
        if isinstance(body, int):
            # What was announced and not read must not be taken for the next request.
            refusal = self._page(Request(scope), body, headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        # Should the database be away, the page that says so shows it again.
        scope[BODY] = body
        replayed: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_again() -> Message:
            return replayed.pop() if replayed else await receive()

        await self._app(scope, receive_again, send)

    def _limit(self, path: str) -> int:
        found = [most for begin, most in self._larger.items() if path.startswith(begin)]
        return max(found, default=MAX_BODY)


async def _read(request: Request, receive: Receive, most: int) -> bytes | int | None:
    """The body; or the status to refuse it with; or None where its sender went away."""
    announced = request.headers.get("content-length", "")
    if announced and not _LENGTH.fullmatch(announced):
        return 400
    if len(announced) > len(str(most)) or int(announced or 0) > most:
        return 413
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > most:
            return 413
    return body if not announced or len(body) == int(announced) else 400
