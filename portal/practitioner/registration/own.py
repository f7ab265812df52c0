"""What became of a registration: its page for whoever sent it, correcting and withdrawing it."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.newcomers import CameIn
from desk.cases.own import MyRequest, own_registration
from desk.clock import deadline_in_working_days, last_day
from desk.drafts.correcting import note_of
from desk.drafts.keeping import PartUnknown
from desk.drafts.registration import begin_correction
from desk.policy import current_policy
from desk.requests.withdrawal import WithdrawalTooLate, withdraw
from models.requests import RequestUnknown
from portal.forms.sending import texts_of
from portal.practitioner.registration.who import READ, REFUSED, STEPS, Registering
from portal.practitioner.registration.writing import to_own
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.standing import shown_standing, whose_turn
from rules.findings.problems import Problem
from rules.requests.statuses import Status
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

_OWN = "/register/requests/{code}"


@router.api_route(_OWN, methods=READ)
async def show_registration(code: str, request: Request, who: Registering, now: Now) -> Response:
    """Where one's own registration stands, and what happened; of any other there is no page."""
    own = await _own(who, code)
    found = own.tracked.request
    return page(
        "register/request.html",
        request,
        page_language(request, found.language),
        path=f"/register/requests/{found.tracking_code}",
        happened=own.happened,
        bill=own.bill,
        payment=current_policy().payment,
        is_undelivered=own.tracked.is_undelivered,
        **shown_standing(found, now=now),
        turn=whose_turn(found, now),
    )


@router.api_route(f"{_OWN}/sent", methods=READ)
async def show_sent(code: str, request: Request, who: Registering, now: Now) -> Response:
    """The number of this registration, and what happens by when: to keep or print."""
    own = await _own(who, code)
    found = own.tracked.request
    promised = None
    if found.status == Status.SUBMITTED:
        policy = current_policy()
        promised = last_day(
            deadline_in_working_days(
                found.submitted_at, policy.review.due_working_days, policy.working_days
            )
        )
    return page(
        "update/sent.html",
        request,
        page_language(request, found.language),
        path=f"/register/requests/{found.tracking_code}/sent",
        is_undelivered=own.tracked.is_undelivered,
        promised=promised,
        submitted_at=found.submitted_at,
        finish=f"/register/requests/{found.tracking_code}",
        **shown_standing(found, now=now),
    )


@router.api_route(f"{_OWN}/correct", methods=READ)
async def show_corrections(code: str, request: Request, who: Registering) -> Response:
    """What an officer marked, in the officer's words, and until when it can be corrected."""
    return await _correct(request, await _own(who, code))


@router.post(f"{_OWN}/correct")
async def correct(code: str, request: Request, who: Registering, now: Now) -> Response:
    """Begin the correction with what was submitted, or go on with it."""
    own = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return await _correct(request, own, again=True)
    try:
        await begin_correction(who.address, now=now)
    except PartUnknown:
        return to_own(request, own.tracked.request.tracking_code)
    return RedirectResponse(with_language(request, STEPS), status_code=303)


@router.api_route(f"{_OWN}/withdraw", methods=READ)
async def ask_to_withdraw(code: str, request: Request, who: Registering) -> Response:
    """Asks once."""
    return _withdraw(request, await _own(who, code))


@router.post(f"{_OWN}/withdraw")
async def withdraw_here(code: str, request: Request, who: Registering, now: Now) -> Response:
    """Take it back; pressed again, it is the same."""
    own = await _own(who, code)
    sent = await texts_of(request, (FIELD,))
    if not is_ours(request, sent[FIELD]):
        return _withdraw(request, own, status=REFUSED, said="again")
    try:
        await withdraw(own.tracked.request.tracking_code, now=now)
    except WithdrawalTooLate as refused:
        return _withdraw(request, own, status=refused.page_status, said="too_late")
    return to_own(request, own.tracked.request.tracking_code)


async def _own(who: CameIn, code: str) -> MyRequest:
    """One's own registration; any other is not there."""
    try:
        return await own_registration(who.address, parse_tracking_code(code))
    except NotATrackingCode:
        raise RequestUnknown from None


async def _correct(request: Request, own: MyRequest, *, again: bool = False) -> Response:
    found = own.tracked.request
    if found.status != Status.RETURNED:
        return to_own(request, found.tracking_code)
    return page(
        "request/correct.html",
        request,
        page_language(request, found.language),
        status=REFUSED if again else 200,
        path=f"/register/requests/{found.tracking_code}/correct",
        code=found.tracking_code,
        own="/register/requests/",
        corrections=[Problem.from_json(one) for one in found.corrections],
        note=await note_of(found.tracking_code),
        due_on=last_day(found.closes_at) if found.closes_at else None,
        again=again,
    )


def _withdraw(request: Request, own: MyRequest, *, status: int = 200, said: str = "") -> Response:
    found = own.tracked.request
    return page(
        "request/withdraw.html",
        request,
        page_language(request, found.language),
        status=status,
        path=f"/register/requests/{found.tracking_code}/withdraw",
        own="/register/requests/",
        found=found,
        said=said,
    )
