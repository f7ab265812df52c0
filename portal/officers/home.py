"""The page on which officers land: Next case, their queues, and the pages of their account."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.clock import last_day
from desk.queues.listing import read_queue
from desk.queues.taking import next_request
from models.queues import Narrowed
from portal.forms.sending import texts_of
from portal.officers.operations import ROLES
from portal.officers.start import (
    READ,
    REFUSED,
    REVIEWING,
    Reviewer,
    name_of,
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import DESK, Officer
from rules.requests.queues import Queue
from rules.requests.statuses import Kind
from rules.requests.verdicts import Verdict
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

NEXT = "/desk/next"
#: Whoever has more in hand finds the rest in the queue.
_MOST_MINE = 10


@router.api_route(DESK, methods=READ)
async def show_desk(request: Request, who: Officer, now: Now) -> Response:
    """What the account may do, as it stands now; of whoever decides, what waits for them."""
    done = _done(request.query_params.get("done", ""), request.query_params.get("code", ""))
    return await _desk(request, who, now, done=done)


@router.post(NEXT)
async def take_next(request: Request, who: Reviewer, now: Now) -> Response:
    """Claim the most urgent case that this officer may be given, and go there."""
    sent = await texts_of(request, (FIELD, "kind"))
    if not is_ours(request, sent[FIELD]):
        return await _desk(request, who, now, said="form.again", status=REFUSED)
    kind = Kind(sent["kind"]) if sent["kind"] in set(Kind) else None
    code = await next_request(name_of(who), Narrowed(kind=kind), now=now)
    if code is None:
        return await _desk(request, who, now, said="desk.nothing_waits")
    return to_case(request, code)


def after_deciding(request: Request, tracking_code: str, verdict: Verdict) -> Response:
    """Back to the desk, which says what was done; Next case is one press from there."""
    language = page_language(request)
    path = f"{DESK}?done={verdict}&code={tracking_code}&lang={language}"
    return RedirectResponse(path, status_code=303)


def _done(verdict: str, code: str) -> tuple[Verdict, str] | None:
    """What the address says was done; None where it says nothing that we say."""
    try:
        return Verdict(verdict), parse_tracking_code(code)
    except (ValueError, NotATrackingCode):
        return None


async def _desk(
    request: Request,
    who: SignedIn,
    now: Now,
    *,
    done: tuple[Verdict, str] | None = None,
    said: str = "",
    status: int = 200,
) -> Response:
    mine = None
    if who.roles & REVIEWING:
        mine = await read_queue(Queue.MINE, name_of(who), now=now, limit=_MOST_MINE)
    return page(
        "desk/home.html",
        request,
        page_language(request),
        status=status,
        path=DESK,
        roles=sorted(who.roles),
        mine=mine,
        operates=not who.roles.isdisjoint(ROLES),
        now=now,
        last_day=last_day,
        done=done,
        said=said,
        is_urgent=status == REFUSED,
    )
