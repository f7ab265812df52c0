"""The operator's page: what needs a hand, the figures behind it, and what was done by hand."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.operations.acts import acts_done
from desk.operations.needs import needs_of, sorts_of
from desk.operations.overview import overview
from mail.wording.dates import in_riyadh
from portal.officers.operating import OPERATIONS, RELEASE, RESTART, SEND_AGAIN, Operator
from portal.officers.start import READ
from portal.web.languages import page_language
from portal.web.pages import page
from rules.accounts.kinds import REVIEWING

router = APIRouter()

#: So many of the last acts are shown.
_LAST = 10


@router.api_route(OPERATIONS, methods=READ)
async def show_operations(request: Request, who: Operator) -> Response:
    """What needs a hand, and the figures of one instant, which the page names."""
    seen = await overview()
    return page(
        "desk/operations.html",
        request,
        page_language(request, who.language),
        path=OPERATIONS,
        seen=seen,
        clock=f"{in_riyadh(seen.at):%H:%M:%S}",
        # Their numbers lead to the queues, which nobody else may open.
        reviews=bool(who.roles & REVIEWING),
        needs=sorts_of(needs_of(seen)),
        acts=await acts_done(limit=_LAST),
        send_again=SEND_AGAIN,
        release=RELEASE,
        restart=RESTART,
    )
