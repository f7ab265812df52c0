"""The second half of a sign-in: a code after the password, or a passkey."""

from collections.abc import Awaitable, Callable
from datetime import datetime
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
from portal.practitioner.signing_in import SECOND_STEP, SET_UP, browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.passkeys import not_told, passkey_site, told
from portal.web.waits import retry_after
from portal.web.who import HOME, our_path
from rules.accounts.kinds import Factor

router = APIRouter()


@router.api_route(SECOND_STEP, methods=["GET", "HEAD"])
async def ask_for_code(request: Request, now: Now) -> Response:
    """The form; whoever is not half way begins with the password."""
    half = await half_way(request, now)
    to = our_path(request.query_params.get("to", HOME))
    if half is None:
        return to_password(request)
    return second_form(request, half, to=to) if half.factors else _to_set_up(request)


@router.post(SECOND_STEP)
async def take_code(request: Request, now: Now) -> Response:
    """Finish the sign-in; a code that is wrong and one that was used read the same."""
    half = await half_way(request, now)
    if half is None:
        return to_password(request)
    if not half.factors:
        return _to_set_up(request)
    sent = await fields_of(request, FIELD, "code", "to", SWITCH)
    to = our_path(sent["to"])
    if sent[SWITCH]:
        return second_form(request, half, to=to)
    if not is_ours(request, sent[FIELD]):
        return second_form(request, half, to=to, error="again", status=403)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        tokens = await sign_in_by_code(token, sent["code"], browser_of(request), now=now)
    except HalfWayOver:
        return to_password(request)
    except CodeWrong as refusal:
        return second_form(request, half, to=to, error="wrong", status=refusal.page_status)
    except TooManyTries as refusal:
        return held_up(request, half, refusal, to=to, now=now)
    return signed_in_to(request, to, tokens)


async def half_way(request: Request, now: Now) -> HalfSignedIn | None:
    """Whose half of a sign-in this browser has; None where it has none, or it is over."""
    token = read_cookie(request, Cookie.HALF_WAY)
    return await who_is_half_way(token, now=now) if token is not None else None


async def tell_half_way(
    request: Request, ask: Callable[..., Awaitable[str]], now: datetime
) -> Response:
    """What the script asks the browser for, of whoever has shown a password: as ``ask`` says."""
    sent = await fields_of(request, FIELD)
    site = passkey_site(page_language(request))
    if not is_ours(request, sent[FIELD]) or site is None:
        return not_told("again", status=403)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        return told(await ask(token, site, now=now))
    except HalfWayOver as refusal:
        return not_told("over", status=refusal.page_status)


def to_password(request: Request) -> Response:
    """Begin anew, with the password."""
    return RedirectResponse(with_language(request, "/sign-in"), status_code=303)


def _to_set_up(request: Request) -> Response:
    return RedirectResponse(with_language(request, SET_UP), status_code=303)


def held_up(
    request: Request, half: HalfSignedIn, refusal: TooManyTries, *, to: str, now: datetime
) -> Response:
    """The forms, and when they may be sent again."""
    return second_form(
        request,
        half,
        to=to,
        error="too_many",
        again=refusal.again_at,
        status=refusal.page_status,
        headers=retry_after(refusal.again_at, now),
    )


def second_form(
    request: Request, half: HalfSignedIn, *, to: str, error: str | None = None, **facts: Any
) -> Response:
    """What an account has beside its password: a passkey, a code, or both.

    ``fault`` is what went wrong with a passkey, ``error`` what with a code.
    """
    language = page_language(request)
    has_passkey = Factor.PASSKEY in half.factors and passkey_site(language) is not None
    shown = {"again": None, "fault": None, "has_passkey": has_passkey, **facts}
    return page(
        "second_step.html",
        request,
        language,
        path=SECOND_STEP,
        half=half,
        to=to,
        error=error,
        **shown,
    )
