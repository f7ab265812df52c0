"""One's own passkeys: list them, add one, give it another name, take it off."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.passkeys import (
    OwnPasskey,
    PasskeyUnknown,
    add_passkey,
    ask_to_make,
    one_passkey,
    own_passkeys,
    remove_passkey,
    rename_passkey,
)
from desk.accounts.signed_in import SignedIn
from desk.policy import current_policy
from portal.practitioner.apps import show_codes
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import error_page, page
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
from portal.web.proving import proved
from portal.web.who import Anybody
from rules.findings.problems import Problem, ValueRefused

router = APIRouter()

PASSKEYS = "/account/passkeys"
_READ = ["GET", "HEAD"]
#: Whoever has shown lately that it is them.
Proved = Annotated[SignedIn, Depends(proved(PASSKEYS))]


@router.api_route(PASSKEYS, methods=_READ)
async def show_passkeys(request: Request, who: Anybody) -> Response:
    """The passkeys, and the form for another one."""
    return await _list(request, who)


@router.post(f"{PASSKEYS}/options")
async def tell_what_to_make(request: Request, who: Proved, now: Now) -> Response:
    """What the script asks the browser for."""
    sent = await fields_of(request, FIELD)
    site = passkey_site(page_language(request, who.language))
    if not is_ours(request, sent[FIELD]) or site is None:
        return not_told("again", status=403)
    try:
        return told(await ask_to_make(who, site, now=now))
    except PASSKEY_REFUSALS as refusal:
        return not_told(refused_as(refusal), status=refusal.page_status)


@router.post(PASSKEYS)
async def add(request: Request, who: Proved, now: Now) -> Response:
    """Keep the passkey that the browser has made."""
    sent = await fields_of(request, FIELD, "name", ANSWER, FAULT, SWITCH)
    name = sent["name"]
    site = passkey_site(page_language(request, who.language))
    if sent[SWITCH]:
        return await _list(request, who, name=name)
    if not is_ours(request, sent[FIELD]):
        return await _list(request, who, name=name, fault="again", status=403)
    fault = fault_of(sent)
    if fault is not None or site is None:
        return await _list(request, who, name=name, fault=fault or "unsupported", status=422)
    try:
        codes = await add_passkey(who, sent[ANSWER], name, site, now=now)
    except ValueRefused as refusal:
        return await _list(request, who, name=name, mistake=refusal.about("name"), status=422)
    except PASSKEY_REFUSALS as refusal:
        fault = refused_as(refusal)
        return await _list(request, who, name=name, fault=fault, status=refusal.page_status)
    if codes:
        return show_codes(request, page_language(request, who.language), codes, PASSKEYS)
    return RedirectResponse(with_language(request, PASSKEYS), status_code=303)


@router.api_route(f"{PASSKEYS}/{{passkey_id}}", methods=_READ)
async def show_passkey(passkey_id: UUID, request: Request, who: Anybody) -> Response:
    """One of them: its name, and a button that takes it off."""
    try:
        found = await one_passkey(who.account_id, passkey_id)
    except PasskeyUnknown:
        return error_page(request, 404)
    return _one(request, who, found)


@router.post(f"{PASSKEYS}/{{passkey_id}}")
async def rename(passkey_id: UUID, request: Request, who: Anybody) -> Response:
    """Give it another name."""
    sent = await fields_of(request, FIELD, "name", SWITCH)
    try:
        found = await one_passkey(who.account_id, passkey_id)
        if sent[SWITCH]:
            return _one(request, who, found, name=sent["name"])
        if not is_ours(request, sent[FIELD]):
            return _one(request, who, found, name=sent["name"], fault="again", status=403)
        await rename_passkey(who.account_id, passkey_id, sent["name"])
    except PasskeyUnknown:
        return error_page(request, 404)
    except ValueRefused as refusal:
        mistake = refusal.about("name")
        return _one(request, who, found, name=sent["name"], mistake=mistake, status=422)
    return RedirectResponse(with_language(request, PASSKEYS), status_code=303)


@router.post(f"{PASSKEYS}/{{passkey_id}}/remove")
async def remove(passkey_id: UUID, request: Request, who: Proved, now: Now) -> Response:
    """Take it off; one that is gone already is gone."""
    sent = await fields_of(request, FIELD)
    try:
        found = await one_passkey(who.account_id, passkey_id)
        if not is_ours(request, sent[FIELD]):
            return _one(request, who, found, fault="again", status=403)
        await remove_passkey(who, passkey_id, now=now)
    except PasskeyUnknown:
        return RedirectResponse(with_language(request, PASSKEYS), status_code=303)
    except PASSKEY_REFUSALS as refusal:
        return _one(request, who, found, fault=refused_as(refusal), status=refusal.page_status)
    return RedirectResponse(with_language(request, PASSKEYS), status_code=303)


async def _list(
    request: Request,
    who: SignedIn,
    *,
    name: str = "",
    fault: str | None = None,
    mistake: Problem | None = None,
    status: int = 200,
) -> Response:
    language = page_language(request, who.language)
    return page(
        "passkeys.html",
        request,
        language,
        status=status,
        path=PASSKEYS,
        passkeys=await own_passkeys(who.account_id),
        most=current_policy().accounts.passkeys,
        is_possible=passkey_site(language) is not None,
        name=name,
        fault=fault,
        mistake=mistake,
    )


def _one(
    request: Request,
    who: SignedIn,
    found: OwnPasskey,
    *,
    name: str | None = None,
    fault: str | None = None,
    mistake: Problem | None = None,
    status: int = 200,
) -> Response:
    return page(
        "passkey.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"{PASSKEYS}/{found.id}",
        passkey=found,
        name=found.name if name is None else name,
        fault=fault,
        mistake=mistake,
    )
