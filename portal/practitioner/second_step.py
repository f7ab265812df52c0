"""The second half of a sign-in: a code, after the password."""

from math import ceil
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.second_step import (
    CodeWrong,
    HalfSignedIn,
    HalfWayOver,
    sign_in_by_code,
    who_is_half_way,
)
from portal.practitioner.signing_in import SECOND_STEP, browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.who import HOME, our_path

router = APIRouter()


@router.api_route(SECOND_STEP, methods=["GET", "HEAD"])
async def ask_for_code(request: Request, now: Now) -> Response:
    """The form; whoever is not half way begins with the password."""
    half = await _half_way(request, now)
    to = our_path(request.query_params.get("to", HOME))
    return _to_password(request) if half is None else _form(request, half, to=to)


@router.post(SECOND_STEP)
async def take_code(request: Request, now: Now) -> Response:
    """Finish the sign-in; a code that is wrong and one that was used read the same."""
    half = await _half_way(request, now)
    if half is None:
        return _to_password(request)
    sent = await fields_of(request, FIELD, "code", "to", SWITCH)
    to = our_path(sent["to"])
    if sent[SWITCH]:
        return _form(request, half, to=to)
    if not is_ours(request, sent[FIELD]):
        return _form(request, half, to=to, error="again", status=403)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        tokens = await sign_in_by_code(token, sent["code"], browser_of(request), now=now)
    except HalfWayOver:
        return _to_password(request)
    except CodeWrong as refusal:
        return _form(request, half, to=to, error="wrong", status=refusal.page_status)
    except TooManyTries as refusal:
        wait = max(1, ceil((refusal.again_at - now).total_seconds()))
        return _form(
            request,
            half,
            to=to,
            error="too_many",
            again=refusal.again_at,
            status=refusal.page_status,
            headers={"Retry-After": str(wait)},
        )
    return signed_in_to(request, to, tokens)


async def _half_way(request: Request, now: Now) -> HalfSignedIn | None:
    token = read_cookie(request, Cookie.HALF_WAY)
    return await who_is_half_way(token, now=now) if token is not None else None


def _to_password(request: Request) -> Response:
    return RedirectResponse(with_language(request, "/sign-in"), status_code=303)


def _form(
    request: Request, half: HalfSignedIn, *, to: str, error: str | None = None, **facts: Any
) -> Response:
    shown = {"again": None, **facts}
    language = page_language(request)
    return page("second_step.html", request, language, half=half, to=to, error=error, **shown)
