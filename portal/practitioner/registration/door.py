"""Register for the first time: an e-mail address, the code that was sent to it, and in."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.newcomers import (
    NewcomerRefused,
    ask_for_code,
    asked_address,
    leave,
    let_in_by_code,
)
from desk.policy import current_policy
from portal.practitioner.registration.who import (
    READ,
    REFUSED,
    REGISTER,
    STEPS,
    UNREADABLE,
    MaybeRegistering,
    to_code,
)
from portal.web.clock import Now
from portal.web.cookies import Cookie, drop_cookie, keep_cookie, read_cookie
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.guessing import network_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.proxies import client_of
from portal.web.sentences import said
from portal.web.waits import retry_after
from portal.web.who import HOME, Visitor
from rules.findings.both_languages import InBoth
from rules.findings.problems import ValueRefused
from rules.register.fields import Field

router = APIRouter()

CODE = "/register/code"
_SEND = f"{CODE}/send"


@router.api_route(REGISTER, methods=READ)
async def ask_for_address(request: Request, account: Visitor, who: MaybeRegistering) -> Response:
    """What registering is and needs, and the form; whoever was let in goes on."""
    if account is not None:
        return RedirectResponse(with_language(request, HOME), status_code=303)
    if who is not None:
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    return _start(request)


@router.post(REGISTER)
async def send_code(request: Request, now: Now) -> Response:
    """E-mail a code, whosever address it is: all are answered alike."""
    sent = await fields_of(request, FIELD, SWITCH, Field.EMAIL)
    typed = sent[Field.EMAIL]
    if sent[SWITCH]:
        return _start(request, typed=typed)
    if not is_ours(request, sent[FIELD]):
        return _start(request, typed=typed, whole=said("form.again"), status=REFUSED)
    return await _send(request, typed, now)


@router.api_route(CODE, methods=READ)
async def ask_for_code_here(request: Request, who: MaybeRegistering) -> Response:
    """Where the code was sent, and where to type it."""
    if who is not None:
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    return await _code(request)


@router.post(CODE)
async def take_code(request: Request, who: MaybeRegistering, now: Now) -> Response:
    """Let in; whoever is in already, in another tab or by pressing twice, goes on."""
    sent = await fields_of(request, FIELD, SWITCH, "code")
    token = read_cookie(request, Cookie.NEWCOMER)
    if who is not None:
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    if token is None:
        return to_code(request)
    if sent[SWITCH]:
        return await _code(request, typed=sent["code"])
    if not is_ours(request, sent[FIELD]):
        return await _code(request, typed=sent["code"], fault="again", status=REFUSED)
    try:
        token = await let_in_by_code(token, sent["code"], now=now)
    except NewcomerRefused as refused:
        return await _code(
            request, typed=sent["code"], fault=refused.fault, status=refused.page_status
        )
    response = RedirectResponse(with_language(request, STEPS), status_code=303)
    keep_cookie(response, Cookie.NEWCOMER, token)
    return response


@router.post(_SEND)
async def send_another(request: Request, now: Now) -> Response:
    """E-mail another code to the same address; the one before works no more."""
    sent = await fields_of(request, FIELD)
    token = read_cookie(request, Cookie.NEWCOMER)
    address = await asked_address(token) if token is not None else None
    if address is None:
        return to_code(request)
    if not is_ours(request, sent[FIELD]):
        return await _code(request, fault="again", status=REFUSED)
    return await _send(request, address, now)


@router.post("/register/leave")
async def leave_here(request: Request, now: Now) -> Response:
    """Close the door behind oneself: what was written is kept, and found again by a new code."""
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return RedirectResponse(with_language(request, STEPS), status_code=303)
    token = read_cookie(request, Cookie.NEWCOMER)
    if token is not None:
        await leave(token, now=now)
    response = RedirectResponse(with_language(request, "/"), status_code=303)
    drop_cookie(response, Cookie.NEWCOMER)
    drop_cookie(response, Cookie.VISIT)
    return response


async def _send(request: Request, typed: str, now: datetime) -> Response:
    try:
        token = await ask_for_code(
            typed,
            network_of(client_of(request)),
            page_language(request),
            before=read_cookie(request, Cookie.NEWCOMER),
            now=now,
        )
    except ValueRefused as refused:
        mistake = refused.about(Field.EMAIL).sentence
        return _start(request, typed=typed, mistake=mistake, status=UNREADABLE)
    except TooManyTries as refusal:
        return _start(
            request,
            typed=typed,
            again=refusal.again_at,
            status=refusal.page_status,
            headers=retry_after(refusal.again_at, now),
        )
    response = RedirectResponse(with_language(request, CODE), status_code=303)
    keep_cookie(response, Cookie.NEWCOMER, token)
    return response


def _start(
    request: Request,
    *,
    typed: str = "",
    mistake: InBoth | None = None,
    whole: InBoth | None = None,
    again: datetime | None = None,
    **response: Any,
) -> Response:
    return page(
        "register/start.html",
        request,
        page_language(request),
        path=REGISTER,
        typed=typed,
        mistake=mistake,
        whole=whole,
        again=again,
        kept_days=current_policy().drafts.kept_days,
        **response,
    )


async def _code(request: Request, *, typed: str = "", fault: str = "", **response: Any) -> Response:
    """The page, or the one before it where this browser asked for no code."""
    token = read_cookie(request, Cookie.NEWCOMER)
    address = await asked_address(token) if token is not None else None
    if address is None:
        return to_code(request)
    policy = current_policy().accounts
    return page(
        "register/code.html",
        request,
        page_language(request),
        path=CODE,
        address=address,
        typed=typed,
        fault=fault,
        digits=policy.code_digits,
        minutes=policy.code_minutes,
        **response,
    )
