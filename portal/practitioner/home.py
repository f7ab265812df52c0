"""The home page of whoever is signed in, and the pages of one's own requests."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.cases.own import own_request, own_requests
from desk.drafts.readdressing import may_readdress
from desk.policy import current_policy
from models.requests import RequestUnknown
from portal.web.clock import Now
from portal.web.languages import page_language, with_language
from portal.web.pages import error_page, page
from portal.web.standing import shown_standing, whose_turn
from portal.web.who import DESK, Anybody, Who
from rules.values.dates import riyadh_day
from rules.values.tracking_code import NotATrackingCode, parse_tracking_code

router = APIRouter()

_READ = ["GET", "HEAD"]


@router.api_route("/home", methods=_READ)
async def show_home(request: Request, who: Anybody, now: Now) -> Response:
    """Who one is, and one's requests with whose turn it is; officers have a page of their own."""
    if who.practitioner_id is None:
        return RedirectResponse(with_language(request, DESK), status_code=303)
    rows = await own_requests(who.practitioner_id)
    return page(
        "my_home.html",
        request,
        page_language(request, who.language),
        requests=[(row, whose_turn(row, now), riyadh_day(row.submitted_at)) for row in rows],
    )


@router.api_route("/requests/{code}", methods=_READ)
async def show_request(code: str, request: Request, who: Who, now: Now) -> Response:
    """Where one's own request stands, and what happened; of anybody else's there is no page."""
    try:
        own = await own_request(who.practitioner_id, parse_tracking_code(code))
    except (NotATrackingCode, RequestUnknown):
        return error_page(request, 404)
    return page(
        "my_request.html",
        request,
        page_language(request, who.language),
        path=f"/requests/{own.tracked.request.tracking_code}",
        happened=own.happened,
        bill=own.bill,
        payment=current_policy().payment,
        may_readdress=may_readdress(own.tracked.request),
        is_undelivered=own.tracked.is_undelivered,
        **shown_standing(own.tracked.request, now=now),
        turn=whose_turn(own.tracked.request, now),
    )
