"""A new e-mail address: the code that was e-mailed to it is typed here, before anything is sent."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.counting import TooManyTries
from desk.accounts.signed_in import SignedIn
from desk.drafts.addresses import (
    CodeRefused,
    CodeState,
    confirm_address,
    new_address_of,
    send_code,
)
from desk.policy import current_policy
from portal.forms.sending import texts_of
from portal.practitioner.update.start import DETAILS, READ, REFUSED, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.waits import retry_after
from portal.web.who import practitioner
from rules.errors import Conflict

router = APIRouter()

EMAIL = "/update/email"
SEND = "/update/email/send"
_ASKED, _CODE = "asked", "code"
_NO_CODE = UUID(int=0)


async def _led_back(request: Request, now: Now) -> SignedIn:
    """Who is signed in; the sign-in leads back to the page, from its presses too."""
    request.state.goes_on_at = EMAIL
    return await practitioner(request, now)


_Who = Annotated[SignedIn, Depends(_led_back)]


@router.api_route(EMAIL, methods=READ)
async def ask_for_code(request: Request, who: _Who, now: Now) -> Response:
    """The address, how far its code has come, and where to type it."""
    return await show(request, who, now)


@router.post(EMAIL)
async def take_code(request: Request, who: _Who, now: Now) -> Response:
    """Confirm the address; pressed again, it is the same."""
    sent = await texts_of(request, (FIELD, _ASKED, _CODE, "switch"))
    if sent["switch"]:
        return await show(request, who, now, typed=sent[_CODE])
    if not is_ours(request, sent[FIELD]):
        return await show(request, who, now, typed=sent[_CODE], said="again", status=REFUSED)
    try:
        await confirm_address(owner_of(who), _id_of(sent[_ASKED]), sent[_CODE], now=now)
    except CodeRefused as refused:
        moved = refused.fault == "moved"
        status = Conflict.page_status if moved else refused.page_status
        typed = "" if moved else sent[_CODE]
        return await show(request, who, now, typed=typed, said=refused.fault, status=status)
    return RedirectResponse(f"{with_language(request, DETAILS)}#contact", status_code=303)


@router.post(SEND)
async def send_again(request: Request, who: _Who, now: Now) -> Response:
    """E-mail another code, as often as policy allows; the one before works no more."""
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return await show(request, who, now, said="again", status=REFUSED)
    return await after_sending(request, who, now, again=True)


async def after_sending(request: Request, who: SignedIn, now: datetime, *, again: bool) -> Response:
    """E-mail a code, and lead to the page that asks for it; or say until when to wait."""
    try:
        await send_code(owner_of(who), again=again, now=now)
    except TooManyTries as refusal:
        return await show(
            request,
            who,
            now,
            again_at=refusal.again_at,
            said="too_often",
            status=refusal.page_status,
            headers=retry_after(refusal.again_at, now),
        )
    return RedirectResponse(with_language(request, EMAIL), status_code=303)


async def show(
    request: Request,
    who: SignedIn,
    now: datetime,
    *,
    typed: str = "",
    said: str = "",
    again_at: datetime | None = None,
    **response: Any,
) -> Response:
    """The page, or the details where no address is to be confirmed any more."""
    found = await new_address_of(owner_of(who), now=now)
    if found is None or found.state is CodeState.CONFIRMED:
        return RedirectResponse(f"{with_language(request, DETAILS)}#contact", status_code=303)
    policy = current_policy().accounts
    return page(
        "update/email.html",
        request,
        page_language(request, who.language),
        path=EMAIL,
        found=found,
        asked=found.code_id.hex if found.code_id else "",
        typed=typed,
        said=said,
        again_at=again_at,
        digits=policy.code_digits,
        minutes=policy.code_minutes,
        **response,
    )


def _id_of(text: str) -> UUID:
    """Which code the page asked for; that of none where no page of ours has sent it."""
    try:
        return UUID(hex=text[:32])
    except ValueError:
        return _NO_CODE
