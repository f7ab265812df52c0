"""The page that a card's picture leads to: whether the card is valid, for whoever was shown it."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.register.card_checks import CheckedState, check_card
from portal.web.clock import Now
from portal.web.guessing import Guesses, TooManyGuesses
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.proxies import client_of
from portal.web.waits import retry_after
from portal.web.who import Visitor

router = APIRouter()

_NO_SUCH = 404


@router.api_route("/c/{card_code}", methods=["GET", "HEAD"])
async def check(request: Request, card_code: str, _who: Visitor, now: Now) -> Response:
    """Valid until when, and whose; or not valid; or why the code says nothing.

    Codes that nobody has count as wrong tracking codes do.
    """
    client = client_of(request)
    guesses: Guesses = request.app.state.guesses
    try:
        guesses.take(client, now=now)
    except TooManyGuesses as refusal:
        headers = retry_after(refusal.again_at, now)
        return _said(
            request,
            "too_often",
            status=refusal.page_status,
            again=refusal.again_at,
            headers=headers,
        )
    checked = await check_card(card_code, now=now)
    if checked.state is CheckedState.UNKNOWN:
        return _said(request, checked.state, status=_NO_SUCH)
    guesses.give_back(client)
    return _said(request, checked.state, card=checked)


def _said(request: Request, state: str, **facts: Any) -> Response:
    known: dict[str, Any] = {"card": None, "again": None, **facts}
    return page("card_check.html", request, page_language(request), state=state, **known)
