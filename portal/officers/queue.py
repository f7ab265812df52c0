"""A queue of the review desk, page by page; which one, and what of it, stands in the address."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.clock import last_day
from desk.queues.filtering import narrowed_by
from desk.queues.listing import read_queue
from models.queues import MOST_COUNTED, PageEnd
from portal.officers.bulk import is_offered
from portal.officers.keys import are_keys_on
from portal.officers.listed import QUEUE, Listed, carry_on, listed_in
from portal.officers.start import READ, Reviewer, name_of
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from rules.accounts.kinds import AUDITING, Role
from rules.requests.queue_filters import DueWhen
from rules.requests.queues import Queue
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind

router = APIRouter()

_ON_A_PAGE = 25


@router.api_route(QUEUE, methods=READ)
async def show_queue(request: Request, who: Reviewer, now: Now) -> Response:
    """The queue, most urgent first. What the address says otherwise than we do counts as unsaid."""
    queue = listed_in(request).queue or Queue.TO_TAKE
    listed = carry_on(request, queue)
    found = await read_queue(
        queue,
        name_of(who),
        narrowed_by(listed.filters, now=now),
        now=now,
        limit=_ON_A_PAGE,
        after=_page_end(request.query_params.get("after", "")),
    )
    language = page_language(request)
    return page(
        "desk/queue.html",
        request,
        language,
        path=QUEUE,
        queue=queue,
        is_supervisor=Role.SUPERVISOR in who.roles,
        keys_on=are_keys_on(request),
        listed=listed,
        all_of_it=Listed().address(queue),
        offers_bulk=is_offered(listed),
        exports=bool(who.roles & AUDITING),
        kinds=list(Kind),
        dues=list(DueWhen),
        officers=sorted({*found.at_work, *filter(None, [listed.filters.officer])}),
        counts=found.counts,
        gates=found.gates,
        reasons={reason.value: reason.sentence for reason in ReviewReason},
        now=now,
        most_counted=MOST_COUNTED,
        last_day=last_day,
        more=listed.address(queue, after=_said(found.after)) if found.after else None,
    )


def _said(end: PageEnd) -> str:
    return f"{end.due_at.isoformat()}_{end.request_id}"


def _page_end(text: str) -> PageEnd | None:
    """Where the page before ended; None where the address names no such place."""
    instant, _, request_id = text.partition("_")
    try:
        due_at = datetime.fromisoformat(instant)
        return PageEnd(due_at, UUID(request_id)) if due_at.tzinfo else None
    except ValueError:
        return None
