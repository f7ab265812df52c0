"""What people do with a request of theirs: correct it, withdraw it, ask for its link anew."""

from datetime import datetime
from typing import Any, assert_never

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.cases.own import own_request
from desk.clock import last_day
from desk.drafts.correcting import begin_correction, note_of
from desk.drafts.keeping import RequestIsOpen
from desk.drafts.readdressing import address_of_link, may_readdress, write_anew
from desk.requests.activation import NothingToResend, ResentTooOften, resend
from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from mail.facts.pages import REGISTER
from models.requests import Request as Row
from models.requests import RequestUnknown
from portal.forms.sending import texts_of
from portal.practitioner.renewal.start import TASKS
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.start import CONTACT, DETAILS, READ, REFUSED, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.waits import retry_after
from portal.web.who import Who
from rules.errors import TooOften
from rules.findings.problems import Problem
from rules.requests.statuses import Kind, Status
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

_OWN = "/requests/"


@router.api_route("/requests/{code}/correct", methods=READ)
async def show_corrections(code: str, request: Request, who: Who) -> Response:
    """What an officer marked, in the officer's words, and until when it can be corrected."""
    return await _correct(request, who, await _own(who, code))


@router.post("/requests/{code}/correct")
async def correct(code: str, request: Request, who: Who, now: Now) -> Response:
    """Begin the correction with what was submitted, or go on with it."""
    found = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return await _correct(request, who, found, status=REFUSED, again=True)
    try:
        kind = await begin_correction(owner_of(who), found.tracking_code, now=now)
    except RequestIsOpen:
        return to_request(request, found.tracking_code)
    return RedirectResponse(with_language(request, _page_of(kind)), status_code=303)


@router.api_route("/requests/{code}/withdraw", methods=READ)
async def ask_to_withdraw(code: str, request: Request, who: Who) -> Response:
    """Asks once."""
    return _withdraw(request, who, await _own(who, code))


@router.post("/requests/{code}/withdraw")
async def withdraw_here(code: str, request: Request, who: Who, now: Now) -> Response:
    """Take it back; pressed again, it is the same."""
    found = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return _withdraw(request, who, found, status=REFUSED, said="again")
    try:
        await withdraw(found.tracking_code, now=now)
    except WithdrawalTooLate as refused:
        status = refused.page_status
        return _withdraw(request, who, found, status=status, said="too_late")
    return to_request(request, found.tracking_code)


@router.api_route("/requests/{code}/address", methods=READ)
async def ask_to_readdress(code: str, request: Request, who: Who) -> Response:
    """Asks once, and says what comes of it."""
    found = await _own(who, code)
    if not may_readdress(found):
        return to_request(request, found.tracking_code)
    return await _readdress(request, who, found)


@router.post("/requests/{code}/address")
async def readdress(code: str, request: Request, who: Who, now: Now) -> Response:
    """Withdraw it, and go on where the address of a new one is typed; again, it is the same."""
    found = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return await _readdress(request, who, found, status=REFUSED, said="again")
    try:
        await write_anew(owner_of(who), found.tracking_code, now=now)
    except WithdrawalTooLate as refused:
        return await _readdress(request, who, found, status=refused.page_status, said="too_late")
    return RedirectResponse(with_language(request, CONTACT), status_code=303)


@router.post("/requests/{code}/resend")
async def resend_link(code: str, request: Request, who: Who, now: Now) -> Response:
    """E-mail a new activation link to where the last one went, as often as policy allows."""
    found = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return _resent(request, who, found, status=REFUSED, said="again")
    try:
        await resend(found.tracking_code, now=now)
    except NothingToResend:
        return to_request(request, found.tracking_code)
    except ResentTooOften as refusal:
        return _too_often(request, who, found, refusal.again_at, now)
    return RedirectResponse(
        with_language(request, f"/requests/{found.tracking_code}/resent"), status_code=303
    )


@router.api_route("/requests/{code}/resent", methods=READ)
async def show_resent(code: str, request: Request, who: Who) -> Response:
    """That a new link is on its way."""
    return _resent(request, who, await _own(who, code), said="sent")


async def _own(who: SignedIn, code: str) -> Row:
    """One's own request; any other is not there."""
    try:
        own = await own_request(who.practitioner_id, parse_tracking_code(code))
    except NotATrackingCode:
        raise RequestUnknown from None
    return own.tracked.request


def _page_of(kind: Kind) -> str:
    """Where a returned request of this kind is corrected."""
    match kind:
        case Kind.PROFILE_UPDATE:
            return DETAILS
        case Kind.CARD_RENEWAL:
            return TASKS
        case Kind.REGISTRATION:
            return REGISTER
        case _:
            assert_never(kind)


async def _correct(
    request: Request, who: SignedIn, found: Row, *, status: int = 200, again: bool = False
) -> Response:
    if found.status != Status.RETURNED:
        return to_request(request, found.tracking_code)
    return page(
        "request/correct.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"/requests/{found.tracking_code}/correct",
        code=found.tracking_code,
        own=_OWN,
        corrections=[Problem.from_json(one) for one in found.corrections],
        note=await note_of(found.tracking_code),
        due_on=last_day(found.closes_at) if found.closes_at else None,
        again=again,
    )


def _withdraw(
    request: Request, who: SignedIn, found: Row, *, status: int = 200, said: str = ""
) -> Response:
    return page(
        "request/withdraw.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"/requests/{found.tracking_code}/withdraw",
        own=_OWN,
        found=found,
        said=said,
    )


async def _readdress(
    request: Request, who: SignedIn, found: Row, *, status: int = 200, said: str = ""
) -> Response:
    return page(
        "request/address.html",
        request,
        page_language(request, who.language),
        status=status,
        path=f"/requests/{found.tracking_code}/address",
        found=found,
        address=await address_of_link(found.tracking_code),
        said=said,
    )


def _too_often(
    request: Request, who: SignedIn, found: Row, again_at: datetime, now: datetime
) -> Response:
    return _resent(
        request,
        who,
        found,
        said="too_often",
        status=TooOften.page_status,
        again_at=again_at,
        headers=retry_after(again_at, now),
    )


def _resent(
    request: Request,
    who: SignedIn,
    found: Row,
    *,
    said: str,
    again_at: datetime | None = None,
    **response: Any,
) -> Response:
    return page(
        "request/resent.html",
        request,
        page_language(request, who.language),
        path=f"/requests/{found.tracking_code}/resent",
        code=found.tracking_code,
        said=said,
        again_at=again_at,
        **response,
    )
