"""An officer's first sign-in: a passkey is what is set up beside the password."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.passkeys import add_passkey_half_way, ask_to_make_half_way
from desk.accounts.second_step import HalfWayOver
from portal.practitioner.apps import show_codes
from portal.practitioner.second_step import tell_half_way, to_password
from portal.practitioner.set_up import choice, without_factor
from portal.practitioner.signing_in import SET_UP, browser_of, keep_tokens
from portal.web.clock import Now
from portal.web.cookies import Cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language
from portal.web.passkeys import (
    ANSWER,
    FAULT,
    PASSKEY_REFUSALS,
    fault_of,
    passkey_site,
    refused_as,
)
from portal.web.who import HOME
from rules.findings.problems import ValueRefused

router = APIRouter()

PASSKEY = f"{SET_UP}/passkey"


@router.post(f"{PASSKEY}/options")
async def tell_what_to_make(request: Request, now: Now) -> Response:
    """What the script asks the browser for."""
    return await tell_half_way(request, ask_to_make_half_way, now)


@router.post(PASSKEY)
async def set_up(request: Request, now: Now) -> Response:
    """Keep the passkey that the browser has made, and begin the session."""
    if await without_factor(request, now) is None:
        return to_password(request)
    sent = await fields_of(request, FIELD, "name", ANSWER, FAULT, SWITCH)
    name = sent["name"]
    site = passkey_site(page_language(request))
    if sent[SWITCH]:
        return choice(request, name=name)
    if not is_ours(request, sent[FIELD]):
        return choice(request, name=name, fault="again", status=403)
    fault = fault_of(sent)
    if fault is not None or site is None:
        return choice(request, name=name, fault=fault or "unsupported", status=422)
    token = read_cookie(request, Cookie.HALF_WAY) or ""
    try:
        tokens, codes = await add_passkey_half_way(
            token, sent[ANSWER], name, site, browser_of(request), now=now
        )
    except HalfWayOver:
        return to_password(request)
    except ValueRefused as refusal:
        mistake = refusal.about("name")
        return choice(request, name=name, mistake=mistake, status=refusal.page_status)
    except PASSKEY_REFUSALS as refusal:
        fault = refused_as(refusal)
        return choice(request, name=name, fault=fault, status=refusal.page_status)
    response = show_codes(request, page_language(request), codes, HOME)
    keep_tokens(response, tokens)
    return response
