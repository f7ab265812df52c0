"""An officer's first sign-in: what is asked for beside the password is set up within it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.authenticator import AppNotConfirmed, app_to_confirm, begin_app
from desk.accounts.factors import finish_with_app
from desk.accounts.second_step import HalfSignedIn, HalfWayOver
from portal.practitioner.apps import issuer, show_app, show_codes
from portal.practitioner.second_step import half_way, to_password
from portal.practitioner.signing_in import SET_UP, browser_of, keep_tokens
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.passkeys import passkey_site
from portal.web.who import HOME

router = APIRouter()

_APP = f"{SET_UP}/app"
_READ = ["GET", "HEAD"]
_REFUSED = 403


@router.api_route(SET_UP, methods=_READ)
async def show_choice(request: Request, now: Now) -> Response:
    """What can be set up; whoever has something already is asked for it instead."""
    half = await without_factor(request, now)
    return to_password(request) if half is None else choice(request)


@router.post(_APP)
async def begin(request: Request, now: Now) -> Response:
    """Begin to set up an authenticator app."""
    half = await without_factor(request, now)
    if half is None:
        return to_password(request)
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return choice(request, error="again", status=_REFUSED)
    await begin_app(half.account_id, now=now)
    return RedirectResponse(with_language(request, _APP), status_code=303)


@router.api_route(_APP, methods=_READ)
async def show_secret(request: Request, now: Now) -> Response:
    """The secret that was begun."""
    half = await without_factor(request, now)
    return to_password(request) if half is None else await _secret(request, half, now)


@router.post(f"{_APP}/confirm")
async def confirm(request: Request, now: Now) -> Response:
    """The first code: the app counts from now on, and the session begins."""
    half = await without_factor(request, now)
    if half is None:
        return to_password(request)
    sent = await fields_of(request, FIELD, "code")
    if not is_ours(request, sent[FIELD]):
        return await _secret(request, half, now, error="again", status=_REFUSED)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        tokens, codes = await finish_with_app(token, sent["code"], browser_of(request), now=now)
    except HalfWayOver:
        return to_password(request)
    except AppNotConfirmed as refusal:
        return await _secret(request, half, now, error="wrong", status=refusal.page_status)
    response = show_codes(request, page_language(request), codes, HOME)
    keep_tokens(response, tokens)
    return response


async def without_factor(request: Request, now: Now) -> HalfSignedIn | None:
    """Who is half way and has nothing beside the password; None for anybody else."""
    half = await half_way(request, now)
    return None if half is None or half.factors else half


def choice(request: Request, *, error: str | None = None, **facts: Any) -> Response:
    """The app, or a passkey: ``fault`` is what went wrong with one, ``mistake`` with its name."""
    language = page_language(request)
    possible = passkey_site(language) is not None
    shown = {"name": "", "fault": None, "mistake": None, "passkeys_possible": possible, **facts}
    return page("set_up.html", request, language, path=SET_UP, error=error, **shown)


async def _secret(request: Request, half: HalfSignedIn, now: Now, **facts: Any) -> Response:
    shown = await app_to_confirm(half.account_id, half.label, issuer=issuer(), now=now)
    if shown is None:
        return RedirectResponse(with_language(request, SET_UP), status_code=303)
    action = f"{_APP}/confirm"
    return show_app(request, page_language(request), shown, action, path=_APP, **facts)
