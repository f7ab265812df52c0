"""The search of the review desk: one box, and whom it finds.

What is searched for is sent, and stands in no address.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.accounts.signed_in import SignedIn
from desk.cases.searching import MOST, SearchAnswer, search
from desk.policy import as_on_card
from portal.officers.start import READ, REFUSED, Reviewer, name_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.forms import SWITCH, fields_of
from portal.web.languages import page_language
from portal.web.pages import page
from rules.requests.searched import NothingToSearchFor

router = APIRouter()

SEARCH = "/desk/search"


@router.api_route(SEARCH, methods=READ)
async def ask_whom(request: Request, who: Reviewer) -> Response:
    """The box."""
    return _page(request, who)


@router.post(SEARCH)
async def search_here(request: Request, who: Reviewer, now: Now) -> Response:
    """Whom the text finds; sent again, it is another search."""
    sent = await fields_of(request, FIELD, "text", SWITCH)
    typed = sent["text"]
    if sent[SWITCH]:
        return _page(request, who, typed=typed)
    if not is_ours(request, sent[FIELD]):
        return _page(request, who, typed=typed, error="form.again", status=REFUSED)
    try:
        found = await search(typed, name_of(who), now=now)
    except NothingToSearchFor as refused:
        status = refused.page_status
        return _page(request, who, typed=typed, error="search.nothing", status=status)
    return _page(request, who, typed=typed, found=found)


def _page(
    request: Request,
    who: SignedIn,
    *,
    typed: str = "",
    found: SearchAnswer | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    return page(
        "desk/search.html",
        request,
        page_language(request, who.language),
        status=status,
        typed=typed,
        error=error,
        found=found,
        most=MOST,
        as_on_card=as_on_card,
    )
