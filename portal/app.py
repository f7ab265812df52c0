"""The portal's application; `python -m portal` serves it.

Tokens stand in addresses, so the server's access log stays off, and nothing here logs an address.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.middleware import Middleware

from desk.accounts.hashing import prepare
from desk.policy import current_policy
from identity.providers import providers
from mail.settings import MailSettings
from models.database import close_engine
from models.schema import check_schema_at_start
from models.settings import DatabaseSettings
from portal.api.app import Below, api_app
from portal.documents.bodies import Lingering
from portal.documents.rooms import UploadRooms
from portal.measures import page as measures
from portal.measures.counting import AnswersCounted, Counts
from portal.officers import (
    access_log,
    away,
    bulk,
    deciding,
    exporting,
    handing_over,
    operating,
    operations,
    reading,
    searching,
    ticking,
    workload,
)
from portal.officers import acts as case_acts
from portal.officers import case as desk_case
from portal.officers import home as desk_home
from portal.officers import keys as desk_keys
from portal.officers import queue as desk_queue
from portal.officers import readers as desk_readers
from portal.practitioner import (
    account,
    asking,
    card,
    card_in_hand,
    confirming_again,
    held,
    home,
    links,
    looks,
    my_documents,
    own_copy,
    passkey_confirming,
    passkey_set_up,
    passkey_sign_in,
    passkeys,
    request_acts,
    second_factor,
    second_step,
    set_up,
    signing_in,
    with_provider,
)
from portal.practitioner.registration import door as registration_door
from portal.practitioner.registration import files as registration_files
from portal.practitioner.registration import own as registration_own
from portal.practitioner.registration import review as registration_review
from portal.practitioner.registration import writing as registration_writing
from portal.practitioner.registration.who import CodeNeeded, to_code
from portal.practitioner.renewal import documents as renewal_documents
from portal.practitioner.renewal import files as renewal_files
from portal.practitioner.renewal import review as renewal_review
from portal.practitioner.renewal import start as renewal_start
from portal.practitioner.renewal import tasks as renewal_tasks
from portal.practitioner.update import address as update_address
from portal.practitioner.update import editing as update_editing
from portal.practitioner.update import files as update_files
from portal.practitioner.update import review as update_review
from portal.practitioner.update import start as update_start
from portal.practitioner.update.rows import FILES
from portal.public import activation, card_checking, confirming, site, tracking, unsubscribing
from portal.web.evenly import Evenly
from portal.web.guarding import ErrorPages, OnlyHttp, SafeHeaders, WholeBodies
from portal.web.guessing import Guesses
from portal.web.hurrying import Hurry, Room
from portal.web.logs import RequestIds
from portal.web.pages import ASSETS, error_page
from portal.web.passkeys import MOST_BYTES as PASSKEY_BYTES
from portal.web.proving import ProofNeeded, to_confirm
from portal.web.refusing import refusals
from portal.web.settings import portal_settings
from portal.web.traced import Traced
from portal.web.who import SignInNeeded, to_sign_in

_PUBLIC = (site, measures, activation, tracking, card_checking, unsubscribing, confirming)
_PRACTITIONER = (
    signing_in,
    second_step,
    with_provider,
    passkey_confirming,
    passkey_set_up,
    passkey_sign_in,
    passkeys,
    set_up,
    confirming_again,
    second_factor,
    asking,
    links,
    account,
    looks,
    own_copy,
    home,
    card,
    card_in_hand,
    registration_door,
    registration_writing,
    registration_files,
    registration_review,
    registration_own,
    renewal_start,
    renewal_tasks,
    renewal_documents,
    renewal_files,
    renewal_review,
    update_start,
    update_editing,
    update_address,
    update_files,
    update_review,
    held,
    my_documents,
    request_acts,
)
_OFFICERS = (
    desk_home,
    desk_queue,
    bulk,
    desk_case,
    ticking,
    desk_keys,
    desk_readers,
    case_acts,
    reading,
    deciding,
    searching,
    access_log,
    exporting,
    away,
    handing_over,
    workload,
    operations,
    operating,
)
#: Forms of several boxes: a paste of ten thousand Arabic letters is 60,000 bytes, and is to be told
#: beside its box that it is too long.
_LARGER = {
    "/update": 131_072,
    "/renewal/document/": 131_072,
    registration_writing.EDIT: 131_072,
    "/desk/cases/": 131_072,
    passkeys.PASSKEYS: PASSKEY_BYTES,
    passkey_sign_in.ALONE: PASSKEY_BYTES,
    passkey_sign_in.BESIDE_PASSWORD: PASSKEY_BYTES,
    passkey_set_up.PASSKEY: PASSKEY_BYTES,
    passkey_confirming.PASSKEY: PASSKEY_BYTES,
}
#: Pages that read a file as it comes.
_STREAMED = (FILES, renewal_files.FILES, registration_writing.FILES)
#: Presses for which a password is computed.
_HASHING = ("/sign-in", "/first-sign-in/", "/new-password/", "/account/", registration_door.CODE)
#: Files that ask nobody, what the stack asks, and what waits for somebody else's server.
_FREE = ("/health", *(f"/{name}" for name in ASSETS), with_provider.PATHS, desk_readers.READERS)


@asynccontextmanager
async def _running(_: FastAPI) -> AsyncIterator[None]:
    # What is missing is said at the start, not to the first visitor.
    DatabaseSettings().libpq_url()
    current_policy()
    portal_settings()
    providers()
    MailSettings().check_contact()
    await check_schema_at_start()
    await prepare()
    yield
    await close_engine()


async def _sign_in_needed(request: Request, _: Exception) -> Response:
    return to_sign_in(request)


async def _code_needed(request: Request, _: Exception) -> Response:
    return to_code(request)


async def _proof_needed(request: Request, needed: Exception) -> Response:
    if not isinstance(needed, ProofNeeded):
        raise needed
    return to_confirm(request, needed)


def build_app() -> FastAPI:
    """The application, with its own count of guesses; it touches nothing until it is run."""
    counts = Counts()
    api = api_app(counts)
    app = FastAPI(
        title="Mumaris",
        lifespan=_running,
        # No page that tells a visitor how we are built.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # A redirect would name the host that the visitor claims.
        redirect_slashes=False,
        middleware=[
            Middleware(OnlyHttp),
            Middleware(RequestIds),
            Middleware(Below, api=api),
            Middleware(Traced),
            Middleware(AnswersCounted, counts=counts),
            Middleware(Lingering, begin=_STREAMED),
            Middleware(SafeHeaders),
            Middleware(ErrorPages),
            Middleware(WholeBodies, larger=_LARGER, streamed=_STREAMED),
            Middleware(Evenly, paths=asking.EVEN_PATHS),
            Middleware(Hurry, streamed=_STREAMED, hashing=_HASHING, free=_FREE),
        ],
        exception_handlers={
            **refusals(error_page),
            SignInNeeded: _sign_in_needed,
            CodeNeeded: _code_needed,
            ProofNeeded: _proof_needed,
        },
    )
    app.state.api = api
    app.state.looks = measures.Looks(counts)
    app.state.guesses = Guesses()
    app.state.rooms = UploadRooms()
    app.state.printing = Room(card_in_hand.PRINTING)
    app.state.streams = desk_readers.Streams()
    for part in (*_PUBLIC, *_PRACTITIONER, *_OFFICERS):
        app.include_router(part.router)
    return app


app = build_app()
