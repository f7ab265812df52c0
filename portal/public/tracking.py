"""The page that tells where a request stands, to whoever holds its tracking code.

It says what the letters' subjects say and no more: no name, no address, no data of the request.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.requests.tracking import Tracked
from desk.requests.tracking import track as look_up
from models import requests
from portal.web.clock import Now
from portal.web.forms import field_of
from portal.web.guessing import Guesses, TooManyGuesses
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.proxies import client_of
from portal.web.standing import shown_standing
from portal.web.waits import retry_after
from portal.web.who import Visitor
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

#: Shown to everybody; no request has it by more than chance.
EXAMPLE = "K7Q2-M9XD"


@router.api_route("/track", methods=["GET", "HEAD"])
async def ask_for_code(request: Request, _who: Visitor) -> Response:
    """The form."""
    return _form(request)


@router.post("/track")
async def track(request: Request, _who: Visitor, now: Now) -> Response:
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
        return _form(
            request,
            typed=typed,
            error="too_often",
            status=refusal.page_status,
            again=refusal.again_at,
            headers=retry_after(refusal.again_at, now),
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
    return page(
        "status.html",
        request,
        page_language(request),
        is_undelivered=tracked.is_undelivered,
        **shown_standing(tracked.request, now=now),
    )
