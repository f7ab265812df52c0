"""The first page, what pages refer to, and what the stack asks."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from desk.operations.health import Fitness, look_at_health
from portal.public.tracking import EXAMPLE
from portal.web.guarding import describe, logger
from portal.web.languages import page_language, with_language
from portal.web.pages import ASSETS, asset, asset_address, page
from portal.web.who import HOME, Visitor

router = APIRouter()

_HEALTH_SECONDS = 3
_DAY = 86_400
_YEAR = 365 * _DAY
_READ = ["GET", "HEAD"]


@router.api_route("/", methods=_READ)
async def home(request: Request, who: Visitor) -> Response:
    """What these pages are for; whoever is signed in has a page of their own."""
    if who is not None:
        return RedirectResponse(with_language(request, HOME), status_code=303)
    return page("home.html", request, page_language(request), example=EXAMPLE)


@router.api_route("/accessibility", methods=_READ)
async def accessibility(request: Request) -> Response:
    """What is done so that everybody can use these pages, and whom to tell who cannot."""
    return page("accessibility.html", request, page_language(request))


@router.api_route("/health", methods=_READ)
async def health() -> Response:
    """503 where the database cannot be written within 3 s, or its tables are too old; else 200.

    Mail that does not leave and a sweep that has stopped are told as ``degraded``: they are no
    reason to send visitors elsewhere. Changes nothing.
    """
    try:
        async with asyncio.timeout(_HEALTH_SECONDS):
            found = await look_at_health()
    except Exception as error:  # noqa: BLE001 - whatever it is, we are not healthy, and say why
        logger.warning("unhealthy: %s", describe(error))
        answer: dict[str, object] = {"status": Fitness.UNHEALTHY, "because": type(error).__name__}
        return JSONResponse(answer, status_code=503)
    age = found.sweep_age
    answer = {
        "status": found.fitness,
        "schema": found.schema,
        "mail": "leaves" if found.mail_leaves else "does not leave",
        "sweep_age_seconds": None if age is None else round(age.total_seconds()),
    }
    return JSONResponse(answer, status_code=503 if found.fitness is Fitness.UNHEALTHY else 200)


@router.api_route("/portal.css", methods=_READ)
async def styles(request: Request) -> Response:
    """The one style sheet."""
    return _asset(request, "portal.css")


@router.api_route("/icon.svg", methods=_READ)
async def icon(request: Request) -> Response:
    """The sign in the browser's tab."""
    return _asset(request, "icon.svg")


@router.api_route("/passkey.js", methods=_READ)
async def passkey_script(request: Request) -> Response:
    """The script that asks browsers for passkeys."""
    return _asset(request, "passkey.js")


@router.api_route("/desk.js", methods=_READ)
async def desk_script(request: Request) -> Response:
    """The script of the review desk."""
    return _asset(request, "desk.js")


def _asset(request: Request, name: str) -> Response:
    """For a year at the address that pages have it by, as another content has another address."""
    named = asset_address(name) == f"{request.url.path}?{request.url.query}"
    kept = f"max-age={_YEAR}, immutable" if named else f"max-age={_DAY}"
    return Response(
        asset(name), media_type=ASSETS[name], headers={"Cache-Control": f"public, {kept}"}
    )
