"""A mail server that delivers to nobody, and a page that shows what it caught.

``python -m stack.mail_catcher --smtp-port 1025 --http-port 8025 --maildir DIR``. Both ports are on
127.0.0.1 only; letters are kept in a Maildir before the sender hears 250. Other users of the
machine reach these ports too, so the pages stand under a key from the environment (`KEY`): whoever
does not know their address gets 404.
"""

import argparse
import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import APIRouter, FastAPI, HTTPException
from fastapi.responses import HTMLResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

from stack.mail_letters import KEY, Letters, OpenedLetter
from stack.mail_pages import LETTER_POLICY, PAGE_POLICY, framed, letter_page, list_page
from stack.ports import HOST

_SHOWN = 200


class Catcher:
    """What aiosmtpd asks about each letter."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd looks for
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd passes it
        session: Session,  # noqa: ARG002 - aiosmtpd passes it
        envelope: Envelope,
    ) -> str:
        """Keep the letter; the answer is the server's reply."""
        sender, content = envelope.mail_from or "", envelope.original_content or b""
        await asyncio.to_thread(self._letters.keep, sender, envelope.rcpt_tos, content)
        return "250 2.0.0 caught"


def create_app(letters: Letters, smtp_port: int, key: str) -> FastAPI:
    """The pages, under ``/key/``; while the app runs, so does the SMTP server on `smtp_port`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        catcher = Catcher(letters)
        server = await loop.create_server(
            lambda: SMTP(catcher, enable_SMTPUTF8=True, hostname="localhost", loop=loop),
            HOST,
            smtp_port,
        )
        try:
            yield
        finally:
            server.close()
            await server.wait_closed()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    # A page elsewhere must not read letters by giving its own name our address (DNS rebinding).
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    app.include_router(_pages(letters), prefix=f"/{key}")
    return app


def _pages(letters: Letters) -> APIRouter:
    router = APIRouter()

    def wanted(key: str) -> OpenedLetter:
        found = letters.find(key)
        if found is None:
            raise HTTPException(404, "no such e-mail")
        return found

    @router.get("/")
    def list_letters() -> HTMLResponse:
        return _page(list_page(letters.newest(_SHOWN), letters.count()), PAGE_POLICY)

    @router.get("/letters/{key}")
    def show_letter(key: str) -> HTMLResponse:
        return _page(letter_page(wanted(key)), PAGE_POLICY)

    @router.get("/letters/{key}/html")
    def show_html(key: str) -> HTMLResponse:
        return _page(framed(wanted(key).html), LETTER_POLICY)

    return router


def _page(content: str, policy: str) -> HTMLResponse:
    # A lone surrogate, which a broken letter can hold, has no UTF-8: shown as a question mark.
    body = content.encode("utf-8", "replace")
    safety = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # the address holds the key
    }
    return HTMLResponse(body, headers={**safety, "Cache-Control": "no-store"})


def main() -> None:
    """Catch mail until stopped."""
    parser = argparse.ArgumentParser(prog="python -m stack.mail_catcher")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--maildir", type=Path, required=True)
    options = parser.parse_args()
    uvicorn.run(
        create_app(Letters(options.maildir), options.smtp_port, os.environ[KEY]),
        host=HOST,
        port=options.http_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
