"""The page that ends the reminders to an address: opening it asks, pressing its button does it.

A mail program's own "unsubscribe" sends the POST without showing the page (RFC 8058). Like the
links of `portal.public.activation`, a POST carries no cookie: whoever can name the address holds
the secret.
"""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.reminders.links import ReminderLinkState
from desk.reminders.unsubscribing import UnsubscribeView, look, unsubscribe
from portal.web.clock import Now
from portal.web.forms import field_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.persons import is_ticked
from portal.web.tokens import REMINDER_STATUS_CODES, is_token

router = APIRouter()

_UNTICKED = 422
_UNKNOWN = UnsubscribeView(ReminderLinkState.UNKNOWN)


@router.api_route("/unsubscribe/{token}", methods=["GET", "HEAD"])
async def show_unsubscribe(token: str, request: Request, now: Now) -> Response:
    """What the link will do, or that it is done."""
    known = is_token(token)
    return _page(request, token, await look(token, now=now) if known else _UNKNOWN)


@router.post("/unsubscribe/{token}")
async def press_unsubscribe(token: str, request: Request, now: Now) -> Response:
    """No more reminders; pressed again, it is the same. Whatever a mail program's body says.

    Only the page's own form is asked whether a person sends it: scanners of mail send it too.
    """
    known = is_token(token)
    if known and await field_of(request, "page") and not await is_ticked(request):
        return _page(request, token, await look(token, now=now), mistaken=True)
    return _page(request, token, await unsubscribe(token, now=now) if known else _UNKNOWN)


def _page(
    request: Request, token: str, view: UnsubscribeView, *, mistaken: bool = False
) -> HTMLResponse:
    can_press = view.state is ReminderLinkState.USABLE
    # Not a redirect: a mail program takes anything but success for a failure.
    return page(
        "unsubscribe.html",
        request,
        page_language(request),
        status=_UNTICKED if mistaken and can_press else REMINDER_STATUS_CODES[view.state],
        path=f"/unsubscribe/{token}",
        said=f"unsubscribe.{view.state}",
        can_press=can_press,
        mistaken=mistaken,
    )
