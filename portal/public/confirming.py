"""The page by which a practitioner confirms the data on file.

Opening it (GET, HEAD) shows them and changes nothing, as mail scanners open every link; pressing
its button (POST) confirms what it showed. A POST carries no cookie, see `portal.public.activation`.
"""

import re

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.reminders.confirming import ConfirmView, confirm, look
from desk.reminders.links import ReminderLinkState
from mail.wording.bidi import clean_facts
from portal.web.clock import Now
from portal.web.forms import field_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.persons import is_ticked
from portal.web.tokens import REMINDER_STATUS_CODES, back_to, is_token
from rules.values.dates import riyadh_day

router = APIRouter()

#: A SHA-256, as the page's form sends it back.
_SEEN = re.compile(r"[0-9a-f]{64}")
#: The data are not those that were shown any more.
_CHANGED = 409
#: Sent by no page of ours.
_UNREADABLE = 422
_UNKNOWN = ConfirmView(ReminderLinkState.UNKNOWN)


@router.api_route("/confirm/{token}", methods=["GET", "HEAD"])
async def show_profile(token: str, request: Request, now: Now) -> Response:
    """What is on file, or that it is confirmed."""
    return _page(request, token, await look(token, now=now) if is_token(token) else _UNKNOWN)


@router.post("/confirm/{token}")
async def confirm_profile(token: str, request: Request, now: Now) -> Response:
    """What the page showed is right; pressed again, it is the same.

    Where the data have changed since, or the body is not from a page of ours, nothing is confirmed
    and the page shows the data as they are now.
    """
    if not is_token(token):
        return _page(request, token, _UNKNOWN)
    seen = await field_of(request, "seen")
    if seen is None or not _SEEN.fullmatch(seen):
        return _page(request, token, await look(token, now=now), status=_UNREADABLE)
    if not await is_ticked(request):
        view = await look(token, now=now)
        return _page(request, token, view, status=_UNREADABLE, mistaken=True)
    view = await confirm(token, seen=seen, now=now)
    if view.state is ReminderLinkState.DONE:
        return back_to(request, f"/confirm/{token}")
    return _page(request, token, view, status=_CHANGED)


def _page(
    request: Request,
    token: str,
    view: ConfirmView,
    *,
    status: int | None = None,
    mistaken: bool = False,
) -> HTMLResponse:
    """The link's page; ``status`` is its own where the link is usable."""
    if status is None or view.state is not ReminderLinkState.USABLE:
        status = REMINDER_STATUS_CODES[view.state]
    return page(
        "confirm.html",
        request,
        page_language(request, view.language),
        status=status,
        path=f"/confirm/{token}",
        said="changed" if status == _CHANGED else view.state.value,
        # Without invisible characters: what holds nothing else shows as nothing.
        profile=clean_facts(view.profile),
        seen=view.seen,
        mistaken=mistaken,
        confirmed_on=riyadh_day(view.confirmed_at) if view.confirmed_at else None,
    )
