"""The operator's page: what needs a hand and the figures behind it, nobody's data."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.operations.needs import needs_of, sorts_of
from desk.operations.overview import overview
from desk.requests.claims import release_all_of_absent
from mail.wording.dates import in_riyadh
from portal.officers.start import READ, REFUSED
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import fields_of
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.who import desk
from rules.accounts.kinds import OPERATING, REVIEWING

router = APIRouter()

OPERATIONS = "/desk/operations"
Operator = Annotated[SignedIn, Depends(desk(*OPERATING))]


@router.api_route(OPERATIONS, methods=READ)
async def show_operations(request: Request, who: Operator) -> Response:
    """What needs a hand, and the figures of one instant, which the page names."""
    return await _operations(request, who)


@router.post("/desk/operations/release-claims")
async def release_claims(request: Request, who: Operator, now: Now) -> Response:
    """Put back what officers hold who have left or are away; pressed again, it is the same."""
    sent = await fields_of(request, FIELD)
    if not is_ours(request, sent[FIELD]):
        return await _operations(request, who, status=REFUSED)
    await release_all_of_absent(now=now)
    return RedirectResponse(with_language(request, OPERATIONS), status_code=303)


async def _operations(request: Request, who: SignedIn, *, status: int = 200) -> Response:
    seen = await overview()
    return page(
        "desk/operations.html",
        request,
        page_language(request, who.language),
        status=status,
        path=OPERATIONS,
        seen=seen,
        clock=f"{in_riyadh(seen.at):%H:%M:%S}",
        # Their numbers lead to the queues, which nobody else may open.
        reviews=bool(who.roles & REVIEWING),
        needs=sorts_of(needs_of(seen)),
        refused=status == REFUSED,
    )
