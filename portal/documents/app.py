"""The application of documents: built by whoever knows who is asking, and open nowhere else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware import Middleware

from desk.documents.shelf import shelf
from desk.policy import current_policy
from models.database import close_engine
from models.schema import check_schema_at_start
from portal.documents import showing, uploading
from portal.documents.answers import error_answer
from portal.documents.asking import Who
from portal.documents.bodies import Lingering
from portal.documents.rooms import UploadRooms
from portal.web.guarding import HEADERS, ErrorPages, OnlyHttp, SafeHeaders
from portal.web.refusing import refusals

#: Nothing that a stranger has sent runs in our pages' name, or is kept by anybody on the way.
DOCUMENT_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
}


@asynccontextmanager
async def _running(_: FastAPI) -> AsyncIterator[None]:
    # What is missing is said at the start, not to the first sender.
    current_policy()
    shelf()
    await check_schema_at_start()
    yield
    await close_engine()


def documents_app(who: Who) -> FastAPI:
    """The application; ``who`` says who is asking, for every request anew.

    It touches nothing until it is run.
    """
    app = FastAPI(
        title="Mumaris documents",
        lifespan=_running,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(OnlyHttp),
            Middleware(Lingering),
            Middleware(SafeHeaders, headers=DOCUMENT_HEADERS),
            Middleware(ErrorPages, page=error_answer),
        ],
        exception_handlers=refusals(error_answer),
    )
    app.state.who = who
    app.state.rooms = UploadRooms()
    for part in (uploading, showing):
        app.include_router(part.router)
    return app
