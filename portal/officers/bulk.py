"""Clean cases of one kind, approved several at a time: what changes stands beside each tick."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.clock import last_day
from desk.policy import as_on_card, current_policy
from desk.queues.bulk import LineOutcome, Ticked, approve_clean, read_clean
from desk.queues.filtering import narrowed_by
from portal.forms.sending import texts_of, ticked_in
from portal.officers.listed import Listed, carry_on
from portal.officers.start import REFUSED, UNREADABLE, Reviewer, name_of, round_in
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from rules.requests.bulk_approval import allows_bulk
from rules.requests.queues import Queue
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

BULK = "/desk/bulk"
_TICKS = "case"


def is_offered(listed: Listed) -> bool:
    """Whether this list is of one kind, of which policy lets several be approved at a time."""
    kind = listed.filters.kind
    return kind is not None and allows_bulk(kind, current_policy().review)


# No HEAD: nobody has seen anything by that, and the log would say so.
@router.get(BULK)
async def show_clean(request: Request, who: Reviewer, now: Now) -> Response:
    """The list's clean cases, with what changes in each; every one is a look."""
    listed = carry_on(request)
    if not is_offered(listed):
        return _to_queue(request, listed)
    return await _list(request, who, now, listed)


@router.post(BULK)
async def approve_ticked(request: Request, who: Reviewer, now: Now) -> Response:
    """Approve what is ticked, and say what became of each; pressed again, each is done once."""
    listed = carry_on(request)
    if not is_offered(listed):
        return _to_queue(request, listed)
    sent = await texts_of(request, (FIELD, SWITCH))
    ticks = sorted(await ticked_in(request, _TICKS))
    if sent[SWITCH]:
        return await _list(request, who, now, listed, ticks)
    if not is_ours(request, sent[FIELD]):
        return await _list(request, who, now, listed, ticks, mistake="form.again", status=REFUSED)
    ticked = [one for one in map(_ticked, ticks) if one is not None]
    if not 0 < len(ticked) <= current_policy().review.bulk_at_most:
        mistake = "bulk.too_many" if ticked else "bulk.nothing"
        return await _list(request, who, now, listed, ticks, mistake=mistake, status=UNREADABLE)
    done = await approve_clean(name_of(who), ticked, now=now)
    return page(
        "desk/bulk_done.html",
        request,
        page_language(request),
        path=BULK,
        done=done,
        can_take_back=LineOutcome.PUT_DOWN in dict(done).values(),
    )


async def _list(
    request: Request,
    who: SignedIn,
    now: Now,
    listed: Listed,
    ticks: Sequence[str] = (),
    *,
    mistake: str = "",
    status: int = 200,
) -> Response:
    language = page_language(request)
    queue = listed.queue or Queue.TO_TAKE
    most = current_policy().review.bulk_at_most
    narrowed = narrowed_by(listed.filters, now=now)
    return page(
        "desk/bulk.html",
        request,
        language,
        status=status,
        path=BULK,
        cases=await read_clean(name_of(who), queue, narrowed, now=now),
        ticks=ticks,
        mistake=mistake,
        most=most,
        listed=listed,
        to_queue=listed.address(queue),
        all_of_it=Listed().address(queue),
        as_on_card=as_on_card,
        last_day=last_day,
    )


def _ticked(typed: str) -> Ticked | None:
    """The case and the round that a tick names; None for what names none."""
    code, _, round_ = typed.partition(":")
    try:
        return Ticked(parse_tracking_code(code), round_in(round_))
    except NotATrackingCode:
        return None


def _to_queue(request: Request, listed: Listed) -> Response:
    target = listed.address(listed.queue or Queue.TO_TAKE)
    return RedirectResponse(with_language(request, target), status_code=303)
