"""The page on which officers land: Next case, their queues, and the pages of their account."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.cases.landing import own_not_landed, own_waiting
from desk.clock import last_day
from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from desk.queues.taking import next_request
from desk.requests.at_the_gate import OfficerAway
from desk.requests.landing import land_due
from models.queues import MOST_COUNTED
from portal.forms.sending import texts_of
from portal.officers.keys import are_keys_on
from portal.officers.listed import Listed, carry_on, listed_in, onward
from portal.officers.start import (
    READ,
    REFUSED,
    Reviewer,
    name_of,
    seconds_until,
    to_away,
    to_case,
)
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import DESK, Officer
from rules.accounts.kinds import AUDITING, OPERATING, REVIEWING
from rules.requests.queues import Queue
from rules.requests.verdicts import Verdict
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

NEXT = "/desk/next"
#: Whoever has more in hand finds the rest in the queue.
_MOST_MINE = 10
#: How long the desk says that a decision did not land.
_TOLD_FOR = timedelta(days=1)


@router.api_route(DESK, methods=READ)
async def show_desk(request: Request, who: Officer, now: Now) -> Response:
    """What the account may do, as it stands now; of whoever decides, what waits for them.

    It is open to those who decide nothing as well: so what is to land is landed here.
    """
    if who.roles & REVIEWING:
        await land_due(name_of(who), now=now)
    done = _done(request.query_params.get("done", ""), request.query_params.get("code", ""))
    return await _desk(request, who, now, done=done)


@router.post(NEXT)
async def take_next(request: Request, who: Reviewer, now: Now) -> Response:
    """Claim the most urgent case of the list that this officer may be given, and go there.

    Pressed twice on one page, it leads to one case.
    """
    sent = await texts_of(request, (FIELD, "shown"))
    if not is_ours(request, sent[FIELD]):
        return await _desk(request, who, now, said="form.again", status=REFUSED)
    listed = listed_in(request)
    try:
        code = await next_request(
            name_of(who),
            narrowed_by(listed.filters, now=now),
            queue=listed.queue or Queue.ALL,
            shown_at=_instant(sent["shown"]),
            now=now,
        )
    except OfficerAway:
        return to_away(request)
    if code is None:
        said = "desk.nothing_waits_here" if listed.said else "desk.nothing_waits"
        return await _desk(request, who, now, said=said)
    return to_case(request, code)


def after_deciding(
    request: Request, tracking_code: str, verdict: Verdict, *, is_made: bool
) -> Response:
    """Back to the desk, which says what is done, or can be taken back; Next case stands there."""
    done = f"?done={verdict}&code={tracking_code}" if is_made else ""
    return RedirectResponse(onward(request, f"{DESK}{done}"), status_code=303)


def _instant(sent: str) -> datetime | None:
    """When the page was shown; None where the form says it otherwise than we do."""
    try:
        said = datetime.fromisoformat(sent)
    except ValueError:
        return None
    return said if said.tzinfo else None


def _done(verdict: str, code: str) -> tuple[Verdict, str] | None:
    """What the address says was done; None where it says nothing that we say."""
    try:
        return Verdict(verdict), parse_tracking_code(code)
    except (ValueError, NotATrackingCode):
        return None


async def _work(officer: str, listed: Listed, now: datetime) -> dict[str, Any]:
    """What this officer has in hand, as far as the filters let it through, and has decided."""
    narrowed = narrowed_by(listed.filters, now=now)
    return {
        "mine": await read_queue(Queue.MINE, officer, narrowed, now=now, limit=_MOST_MINE),
        "waiting": [
            (each, seconds_until(each.lands_at, now)) for each in await own_waiting(officer)
        ],
        "not_landed": await own_not_landed(officer, since=now - _TOLD_FOR),
    }


async def _desk(
    request: Request,
    who: SignedIn,
    now: Now,
    *,
    done: tuple[Verdict, str] | None = None,
    said: str = "",
    status: int = 200,
) -> Response:
    listed = carry_on(request)
    return page(
        "desk/home.html",
        request,
        page_language(request),
        status=status,
        path=DESK,
        roles=sorted(who.roles),
        operates=not who.roles.isdisjoint(OPERATING),
        work=await _work(name_of(who), listed, now) if who.roles & REVIEWING else None,
        listed=listed,
        keys_on=are_keys_on(request),
        audits=bool(who.roles & AUDITING),
        now=now,
        most_counted=MOST_COUNTED,
        last_day=last_day,
        done=done,
        said=said,
        is_urgent=status == REFUSED,
    )
