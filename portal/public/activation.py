"""The pages that the activation link and the stop link open.

Opening a page (GET, HEAD) changes nothing, as mail scanners open every link; pressing its button
(POST) does. Some scanners press buttons as well, so a press needs what only a person does: a box
that is ticked, or, where it takes something back, the end of the tracking code from the e-mail. A
POST carries no cookie and needs no CSRF token: whoever can name the address holds the secret, and
no other site can name it.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from desk.requests.activation import NothingToResend, ResentTooOften, look, resend_by_token, use
from desk.requests.link_views import LinkState, LinkView
from models.database import patiently
from models.links import LinkPurpose
from portal.web.clock import Now
from portal.web.forms import field_of
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.persons import ends_like, is_ticked
from portal.web.standing import Onward, onward
from portal.web.tokens import back_to, is_token
from portal.web.waits import retry_after
from rules.errors import TooOften
from rules.requests.statuses import Kind, Status

router = APIRouter()

_UNKNOWN = LinkView(LinkState.UNKNOWN)
_STATUS_CODES = {
    LinkState.USABLE: 200,
    LinkState.USED: 200,
    LinkState.HELD: 200,
    LinkState.UNDOABLE: 200,
    LinkState.UNDONE: 200,
    LinkState.UNKNOWN: 404,
    LinkState.EXPIRED: 410,
    LinkState.SUPERSEDED: 410,
    LinkState.CLOSED: 410,
}
#: How the page of a closed request is called, by why it closed.
_CLOSED = {
    Status.ACTIVATED: "activated",
    Status.WITHDRAWN: "withdrawn",
    Status.EXPIRED: "lapsed",
}
#: What a press can do something with.
_PRESSABLE = frozenset({LinkState.USABLE, LinkState.UNDOABLE})
#: What an answered press leads back to.
_DONE = frozenset({LinkState.USED, LinkState.HELD, LinkState.UNDONE})
#: A person's own act is missing.
_NOT_A_PERSON = 422
_READ = ["GET", "HEAD"]


@router.api_route("/activate/{token}", methods=_READ)
async def show_activation(token: str, request: Request, now: Now) -> Response:
    """What the activation link will do, or why it cannot."""
    view = await _look(token, LinkPurpose.ACTIVATE, now)
    just_sent = view.state is LinkState.SUPERSEDED and "sent" in request.query_params
    return _page(request, token, LinkPurpose.ACTIVATE, view, said="sent" if just_sent else None)


@router.post("/activate/{token}")
async def activate(token: str, request: Request, now: Now) -> Response:
    """Bring the request into force; pressed again, it shows that it is in force."""
    return await _use(token, LinkPurpose.ACTIVATE, request, now)


@router.api_route("/stop/{token}", methods=_READ)
async def show_stop(token: str, request: Request, now: Now) -> Response:
    """What the stop link will do, or why it cannot."""
    view = await _look(token, LinkPurpose.STOP, now)
    return _page(request, token, LinkPurpose.STOP, view)


@router.post("/stop/{token}")
async def stop(token: str, request: Request, now: Now) -> Response:
    """Withdraw the request; pressed again, it shows that it is withdrawn."""
    return await _use(token, LinkPurpose.STOP, request, now)


@router.post("/activate/{token}/new-link")
async def send_new_link(token: str, request: Request, now: Now) -> Response:
    """Mail a new link to where the old one went, as often as policy allows."""
    if not is_token(token):
        return _page(request, token, LinkPurpose.ACTIVATE, _UNKNOWN)
    try:
        view = await resend_by_token(token, now=now)
    except ResentTooOften as refusal:
        return await _too_often(request, token, refusal.again_at, now)
    except NothingToResend:
        # It was activated or closed while the button was pressed: the link's page says so.
        view = _UNKNOWN
    return back_to(request, f"/{LinkPurpose.ACTIVATE}/{token}", sent=view.can_resend)


async def _look(token: str, purpose: LinkPurpose, now: datetime) -> LinkView:
    if not is_token(token):
        return _UNKNOWN
    view = await look(token, now=now)
    return view if view.purpose is purpose else _UNKNOWN


async def _use(token: str, purpose: LinkPurpose, request: Request, now: datetime) -> Response:
    if not is_token(token):
        return _page(request, token, purpose, _UNKNOWN)
    view = await _look(token, purpose, now)
    if view.state in _PRESSABLE:
        if not await _is_a_person(request, purpose, view):
            return _page(request, token, purpose, view, status=_NOT_A_PERSON, mistaken=True)
        # Safe to repeat: a press is not lost when the database restarts under it.
        view = await patiently(use)(token, purpose, now=now)
    if view.state in _DONE:
        return back_to(request, f"/{purpose}/{token}")
    return _page(request, token, purpose, view)


async def _is_a_person(request: Request, purpose: LinkPurpose, view: LinkView) -> bool:
    if purpose is LinkPurpose.ACTIVATE:
        return await is_ticked(request)
    typed = await field_of(request, "code") or ""
    return ends_like(typed, view.tracking_code or "")


async def _too_often(
    request: Request, token: str, again_at: datetime, now: datetime
) -> HTMLResponse:
    return _page(
        request,
        token,
        LinkPurpose.ACTIVATE,
        await look(token, now=now),
        said="too_often",
        status=TooOften.page_status,
        headers=retry_after(again_at, now),
        again=again_at,
    )


def _page(
    request: Request,
    token: str,
    purpose: LinkPurpose,
    view: LinkView,
    *,
    said: str | None = None,
    status: int | None = None,
    again: datetime | None = None,
    mistaken: bool = False,
    **response: Any,
) -> HTMLResponse:
    known = view.state is not LinkState.UNKNOWN
    return page(
        "link.html",
        request,
        page_language(request, view.language if known else None),
        status=status or _STATUS_CODES[view.state],
        path=f"/{purpose}/{token}",
        view=view,
        # The name of the page's sentences: "activate.usable", "stop.withdrawn", "unknown".
        said=f"{purpose}.{said or _named(view)}" if known else "unknown",
        action=f"/{purpose}/{token}",
        onward=_onward(purpose, view),
        again=again or view.held_until,
        mistaken=mistaken,
        **response,
    )


def _onward(purpose: LinkPurpose, view: LinkView) -> Onward | None:
    """Where whoever made the request goes on; whoever holds a stop link may be somebody else."""
    if purpose is not LinkPurpose.ACTIVATE:
        return None
    if not (view.kind and view.status and view.tracking_code):
        return None
    return onward(Kind(view.kind), view.status, view.tracking_code)


def _named(view: LinkView) -> str:
    if view.state is LinkState.CLOSED and view.status is not None:
        return _CLOSED[view.status]
    return view.state.value
