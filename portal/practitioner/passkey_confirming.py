"""Show once more that it is oneself, by a passkey."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.counting import TooManyTries
from desk.accounts.passkey_sign_in import ask_once_more, prove_by_passkey
from portal.practitioner.confirming_again import proof_form, too_many
from portal.practitioner.signing_in import browser_of, signed_in_to
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language
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
from portal.web.proving import CONFIRM
from portal.web.who import Anybody, our_path

router = APIRouter()

PASSKEY = f"{CONFIRM}/passkey"


@router.post(f"{PASSKEY}/options")
async def tell_what_to_show(request: Request, who: Anybody, now: Now) -> Response:
    """What the script asks the browser for."""
    sent = await fields_of(request, FIELD)
    site = passkey_site(page_language(request, who.language))
    if not is_ours(request, sent[FIELD]) or site is None:
        return not_told("again", status=403)
    return told(await ask_once_more(who, site, now=now))


@router.post(PASSKEY)
async def take(request: Request, who: Anybody, now: Now) -> Response:
    """Go on, in a session that is new."""
    sent = await fields_of(request, FIELD, "to", ANSWER, FAULT)
    to = our_path(sent["to"])
    if not is_ours(request, sent[FIELD]):
        return await proof_form(request, who, to, fault="again", status=403)
    fault = fault_of(sent)
    site = passkey_site(page_language(request, who.language))
    if fault is not None or site is None:
        return await proof_form(request, who, to, fault=fault or "unsupported", status=422)
    try:
        tokens = await prove_by_passkey(who, sent[ANSWER], site, browser_of(request), now=now)
    except PASSKEY_REFUSALS as refusal:
        code = refused_as(refusal)
        return await proof_form(request, who, to, fault=code, status=refusal.page_status)
    except TooManyTries as refusal:
        return await too_many(request, who, to, refusal, now=now)
    return signed_in_to(request, to, tokens)
