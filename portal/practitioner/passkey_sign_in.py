"""Sign in with a passkey: in the place of name and password, or after a password."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.passkey_sign_in import (
    ask_alone,
    ask_beside_password,
    sign_in_alone,
    sign_in_beside_password,
)
from desk.accounts.second_step import HalfWayOver
from portal.practitioner.second_step import (
    half_way,
    held_up,
    second_form,
    tell_half_way,
    to_password,
)
from portal.practitioner.signing_in import SECOND_STEP, browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, bound_to, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.guessing import network_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.passkeys import (
    ANSWER,
    FAULT,
    PASSKEY_REFUSALS,
    fault_of,
    not_told,
    passkey_site,
    refused_as,
    told,
)
from portal.web.proxies import client_of
from portal.web.who import HOME, Visitor, our_path

router = APIRouter()

ALONE = "/sign-in/passkey"
BESIDE_PASSWORD = f"{SECOND_STEP}/passkey"


@router.api_route(ALONE, methods=["GET", "HEAD"])
async def ask_for_passkey(request: Request, who: Visitor) -> Response:
    """The button; whoever is signed in goes on."""
    to = our_path(request.query_params.get("to", HOME))
    if who is not None:
        return RedirectResponse(to, status_code=303)
    return _form(request, to=to)


@router.post(f"{ALONE}/options")
async def tell_what_to_show(request: Request, now: Now) -> Response:
    """What the script asks the browser for, whoever sits before it."""
    sent = await fields_of(request, FIELD)
    site = passkey_site(page_language(request))
    visit = bound_to(request)
    if not is_ours(request, sent[FIELD]) or site is None or visit is None:
        return not_told("again", status=403)
    try:
        return told(await ask_alone(visit, network_of(client_of(request)), site, now=now))
    except TooManyTries as refusal:
        return not_told("too_many", status=refusal.page_status)


@router.post(ALONE)
async def sign_in_here(request: Request, now: Now) -> Response:
    """Begin a session; a passkey that nobody has and one that was removed read the same."""
    sent = await fields_of(request, FIELD, "to", ANSWER, FAULT, SWITCH)
    to = our_path(sent["to"])
    if sent[SWITCH]:
        return _form(request, to=to)
    if not is_ours(request, sent[FIELD]):
        return _form(request, to=to, fault="again", status=403)
    fault = fault_of(sent)
    site = passkey_site(page_language(request))
    if fault is not None or site is None:
        return _form(request, to=to, fault=fault or "unsupported", status=422)
    visit = bound_to(request) or ""
    try:
        tokens = await sign_in_alone(visit, sent[ANSWER], site, browser_of(request), now=now)
    except PASSKEY_REFUSALS as refusal:
        return _form(request, to=to, fault=refused_as(refusal), status=refusal.page_status)
    return signed_in_to(request, to, tokens)


@router.post(f"{BESIDE_PASSWORD}/options")
async def tell_what_to_show_beside(request: Request, now: Now) -> Response:
    """What the script asks the browser for, of whoever has shown a password."""
    return await tell_half_way(request, ask_beside_password, now)


@router.post(BESIDE_PASSWORD)
async def finish_here(request: Request, now: Now) -> Response:
    """Finish the sign-in."""
    half = await half_way(request, now)
    if half is None:
        return to_password(request)
    sent = await fields_of(request, FIELD, "to", ANSWER, FAULT)
    to = our_path(sent["to"])
    if not is_ours(request, sent[FIELD]):
        return second_form(request, half, to=to, fault="again", status=403)
    fault = fault_of(sent)
    site = passkey_site(page_language(request))
    if fault is not None or site is None:
        return second_form(request, half, to=to, fault=fault or "unsupported", status=422)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        tokens = await sign_in_beside_password(
            token, sent[ANSWER], site, browser_of(request), now=now
        )
    except HalfWayOver:
        return to_password(request)
    except PASSKEY_REFUSALS as refusal:
        code = refused_as(refusal)
        return second_form(request, half, to=to, fault=code, status=refusal.page_status)
    except TooManyTries as refusal:
        return held_up(request, half, refusal, to=to, now=now)
    return signed_in_to(request, to, tokens)


def _form(request: Request, *, to: str, fault: str | None = None, status: int = 200) -> Response:
    language = page_language(request)
    return page(
        "passkey_sign_in.html",
        request,
        language,
        status=status,
        path=ALONE,
        is_possible=passkey_site(language) is not None,
        to=to,
        fault=fault,
    )
