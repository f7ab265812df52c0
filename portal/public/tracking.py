"""The page that tells where a request stands, to whoever holds its tracking code.

It says what the letters' subjects say and no more: no name, no address, no data of the request.
"""

from datetime import date, datetime
from math import ceil
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.clock import last_day
from desk.requests.tracking import Tracked
from desk.requests.tracking import track as look_up
from models import requests
from portal.web.clock import Now
from portal.web.forms import field_of
from portal.web.guessing import Guesses, TooManyGuesses
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.proxies import client_of
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

#: Shown to everybody; no request has it by more than chance.
EXAMPLE = "K7Q2-M9XD"
_STEPS = ("received", "review", "approval", "activation", "in_force")
#: How many steps lie behind a request in this status; a closed one has left the path.
_STEPS_DONE = {
    Status.SUBMITTED: 0,
    Status.UNDER_REVIEW: 1,
    Status.RETURNED: 1,
    Status.APPROVED: 2,
    Status.AWAITING_PAYMENT: 2,
    Status.PAID: 2,
    Status.AWAITING_ACTIVATION: 3,
    Status.ACTIVATED: 5,
}


@router.api_route("/track", methods=["GET", "HEAD"])
async def ask_for_code(request: Request) -> Response:
    """The form."""
    return _form(request)


@router.post("/track")
async def track(request: Request, now: Now) -> Response:
    """Where the request of this code stands; a wrong code gets the form again, saying why."""
    # A body that is no form, or names no code, is an empty one.
    typed = await field_of(request, "code") or ""
    client = client_of(request)
    guesses: Guesses = request.app.state.guesses
    try:
        code = parse_tracking_code(typed)
        guesses.take(client, now=now)
        found = await look_up(code)
    except NotATrackingCode as refusal:
        error = "not_a_code" if refusal.hidden is None else "hidden_in_code"
        hidden, status = refusal.hidden, refusal.page_status
        return _form(request, typed=typed, error=error, hidden=hidden, status=status)
    except requests.RequestUnknown as refusal:
        return _form(request, typed=typed, error="unknown", status=refusal.page_status)
    except TooManyGuesses as refusal:
        wait = max(1, ceil((refusal.again_at - now).total_seconds()))
        return _form(
            request,
            typed=typed,
            error="too_often",
            status=refusal.page_status,
            again=refusal.again_at,
            headers={"Retry-After": str(wait)},
        )
    guesses.give_back(client)
    return _result(request, found, now=now)


def _form(
    request: Request,
    *,
    typed: str = "",
    error: str | None = None,
    again: datetime | None = None,
    hidden: int | None = None,
    **response: Any,
) -> HTMLResponse:
    return page(
        "track.html",
        request,
        page_language(request),
        typed=typed,
        error=error,
        again=again,
        hidden=f"U+{hidden:04X}" if hidden else "",
        example=EXAMPLE,
        **response,
    )


def _result(request: Request, tracked: Tracked, *, now: datetime) -> HTMLResponse:
    found = tracked.request
    status = Status(found.status)
    return page(
        "status.html",
        request,
        page_language(request),
        kind=found.kind,
        tracking_code=found.tracking_code,
        reference_number=found.reference_number,
        status_name=status.value,
        since=found.status_since,
        closed=status in FINAL,
        variant=_variant(found, now),
        is_undelivered=tracked.is_undelivered,
        last_day=_last_day(found, now),
        steps=_STEPS if status in _STEPS_DONE else (),
        steps_done=_STEPS_DONE.get(status, 0),
    )


def _variant(found: requests.Request, now: datetime) -> str:
    """Which of a status's sentences holds: its own ending, or none."""
    if _is_late(found, now):
        return ".late"
    held = found.status == Status.AWAITING_ACTIVATION and found.held_until is not None
    return ".held" if held else ""


def _is_late(found: requests.Request, now: datetime) -> bool:
    due = found.review_due_at
    return found.status == Status.UNDER_REVIEW and due is not None and due <= now


def _last_day(found: requests.Request, now: datetime) -> date | None:
    """The last day for what the request waits for; None where it waits for nothing dated."""
    deadlines = {
        Status.UNDER_REVIEW: None if _is_late(found, now) else found.review_due_at,
        Status.RETURNED: found.closes_at,
        Status.AWAITING_PAYMENT: found.closes_at,
        Status.AWAITING_ACTIVATION: found.closes_at,
    }
    deadline = deadlines.get(Status(found.status))
    # Deadlines are the first instant that is too late, as at the end of a day.
    return last_day(deadline) if deadline else None
