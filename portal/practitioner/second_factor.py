"""What one is asked for beside the password: an authenticator app, and codes for bad days."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.authenticator import AppNotConfirmed, app_to_confirm, begin_app
from desk.accounts.factors import (
    LastFactorStays,
    NothingBesidePassword,
    confirm_app,
    factors_shown,
    remove_app,
    renew_codes,
)
from desk.accounts.passkeys import own_passkeys
from desk.accounts.signed_in import SignedIn
from desk.policy import as_on_card
from portal.practitioner.apps import issuer, show_app, show_codes
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.proving import proved
from portal.web.who import Anybody

router = APIRouter()

SECOND_FACTOR = "/account/second-factor"
_APP = f"{SECOND_FACTOR}/app"
_READ = ["GET", "HEAD"]
_REFUSED = 403
#: Whoever has shown lately that it is them.
Proved = Annotated[SignedIn, Depends(proved(SECOND_FACTOR))]


@router.api_route(SECOND_FACTOR, methods=_READ)
async def show_factors(request: Request, who: Anybody) -> Response:
    """What there is, and what can be done about it."""
    return await _overview(request, who)


@router.post(_APP)
async def begin(request: Request, who: Proved, now: Now) -> Response:
    """Begin to set up an app, or another one in its place: that one counts until then."""
    if not await _is_ours(request):
        return await _overview(request, who, error="again", status=_REFUSED)
    await begin_app(who.account_id, now=now)
    return _to(request, _APP)


@router.api_route(_APP, methods=_READ)
async def show_secret(request: Request, who: Proved, now: Now) -> Response:
    """The secret that was begun; shown again as often as the page is, for some minutes."""
    return await _secret(request, who, now)


@router.post(f"{_APP}/confirm")
async def confirm(request: Request, who: Proved, now: Now) -> Response:
    """The first code: the app counts from now on."""
    sent = await fields_of(request, FIELD, "code")
    if not is_ours(request, sent[FIELD]):
        return await _secret(request, who, now, error="again", status=_REFUSED)
    try:
        codes = await confirm_app(who, sent["code"], now=now)
    except AppNotConfirmed as refusal:
        return await _secret(request, who, now, error="wrong", status=refusal.page_status)
    return show_codes(request, page_language(request, who.language), codes, SECOND_FACTOR)


@router.post(f"{_APP}/remove")
async def remove(request: Request, who: Proved, now: Now) -> Response:
    """Take the app off; an officer keeps the last one."""
    if not await _is_ours(request):
        return await _overview(request, who, error="again", status=_REFUSED)
    try:
        await remove_app(who, now=now)
    except LastFactorStays as refusal:
        return await _overview(request, who, error="last", status=refusal.page_status)
    return _to(request, SECOND_FACTOR)


@router.post(f"{SECOND_FACTOR}/codes")
async def renew(request: Request, who: Proved, now: Now) -> Response:
    """New recovery codes; those before work no more."""
    if not await _is_ours(request):
        return await _overview(request, who, error="again", status=_REFUSED)
    try:
        codes = await renew_codes(who, now=now)
    except NothingBesidePassword:
        return _to(request, SECOND_FACTOR)
    return show_codes(request, page_language(request, who.language), codes, SECOND_FACTOR)


async def _is_ours(request: Request) -> bool:
    return is_ours(request, (await fields_of(request, FIELD))[FIELD])


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(with_language(request, path), status_code=303)


async def _overview(
    request: Request, who: SignedIn, *, error: str | None = None, status: int = 200
) -> Response:
    return page(
        "second_factor.html",
        request,
        page_language(request, who.language),
        status=status,
        path=SECOND_FACTOR,
        shown=await factors_shown(who.account_id),
        passkeys=len(await own_passkeys(who.account_id)),
        error=error,
    )


async def _secret(
    request: Request, who: SignedIn, now: Now, *, error: str | None = None, status: int = 200
) -> Response:
    number = who.registration_number
    label = as_on_card(number) if number else who.name_en
    shown = await app_to_confirm(who.account_id, label, issuer=issuer(), now=now)
    if shown is None:
        return _to(request, SECOND_FACTOR)
    language = page_language(request, who.language)
    action = f"{_APP}/confirm"
    return show_app(request, language, shown, action, path=_APP, error=error, status=status)
