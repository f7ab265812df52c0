"""The application of the API, and how it stands below the portal.

It shares the portal's process and clock, and nothing that stands around the portal's pages: no
cookie is read or set, a problem is JSON, bodies are larger, and its database connections are its
own (`models.connections.CALLS`), so that a burst of calls holds up no page.
"""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from models.connections import CALLS
from portal.api import cards, decisions, documents, jobs, payments, requests
from portal.api.answers import error_answer, refusal
from portal.api.document import document
from portal.api.rates import Calls, RateHeaders
from portal.documents.bodies import Lingering
from portal.documents.rooms import UploadRooms
from portal.measures.counting import AnswersCounted, Counts
from portal.web.guarding import HEADERS, ErrorPages, OnlyHttp, SafeHeaders, WholeBodies
from portal.web.hurrying import Hurry
from portal.web.refusing import refusals
from portal.web.traced import Traced
from rules.errors import MumarisError

PATH = "/api/v1"
#: Nothing of an answer runs or is kept anywhere; a program reads it.
API_HEADERS = {**HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox"}
#: Bodies that are read as they come.
_STREAMED = (f"{PATH}/documents", f"{PATH}/submission-files")
#: Bytes of a body before policy's own limit is asked (`rules.policy.policy.LimitsPolicy`).
_MOST_BYTES = 1_048_576
#: Files of submissions that are received at once, and of one system: each is held in memory.
_MOST_FILES, _MOST_FILES_OF_ONE = 8, 2


async def _document() -> Response:
    """What the API is, for anybody: it names nobody and nothing of this installation."""
    return JSONResponse(document(), headers={"Cache-Control": "public, max-age=300"})


def api_app(counts: Counts) -> FastAPI:
    """The application, with its own count of calls; it touches nothing until it is run.

    What it answers is counted in ``counts``.
    """
    app = FastAPI(
        title="Mumaris",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(OnlyHttp),
            Middleware(Traced),
            Middleware(AnswersCounted, counts=counts),
            Middleware(Lingering, begin=_STREAMED),
            Middleware(SafeHeaders, headers=API_HEADERS),
            Middleware(RateHeaders),
            Middleware(ErrorPages, page=error_answer),
            Middleware(
                WholeBodies, larger={PATH: _MOST_BYTES}, streamed=_STREAMED, page=error_answer
            ),
            Middleware(Hurry, streamed=_STREAMED, limits=CALLS),
        ],
        exception_handlers={
            HTTPException: refusals(error_answer)[HTTPException],
            MumarisError: refusal,
        },
    )
    app.state.calls = Calls()
    app.state.rooms = UploadRooms()
    app.state.file_rooms = UploadRooms(most=_MOST_FILES, most_of_one=_MOST_FILES_OF_ONE)
    app.add_api_route("/openapi.json", _document)
    for part in (requests, decisions, jobs, documents, cards, payments):
        app.include_router(part.router)
    return app


class Below:
    """Hands what is for the API to it, before anything that stands around the portal's pages."""

    def __init__(self, app: ASGIApp, api: ASGIApp) -> None:
        self._app = app
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the one or the other."""
        if scope["type"] == "http" and scope["path"].startswith(f"{PATH}/"):
            await self._api({**scope, "root_path": PATH}, receive, send)
        else:
            await self._app(scope, receive, send)
