"""Start professional re-registration: Apply now, and what a renewal needs and costs."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from desk.accounts.signed_in import SignedIn
from desk.drafts.holding import held_by_kind
from desk.drafts.keeping import RequestIsOpen
from desk.drafts.renewal import Renewal, begin, look
from portal.forms.sending import texts_of
from portal.practitioner.renewal.rows import NeedShown, needs
from portal.practitioner.update.editing import to_request
from portal.practitioner.update.start import READ, REFUSED, owner_of
from portal.web.clock import Now
from portal.web.csrf import FIELD, is_ours
from portal.web.languages import page_language, with_language
from portal.web.pages import page
from portal.web.who import Who

router = APIRouter()

START, NEEDS, TASKS = "/renewal", "/renewal/needs", "/renewal/tasks"


@router.api_route(START, methods=READ)
async def show_start(request: Request, who: Who, now: Now) -> Response:
    """What this is, and Apply now."""
    renewal = await look(owner_of(who), now=now)
    return page(
        "renewal/start.html", request, page_language(request, who.language), renewal=renewal
    )


@router.api_route(NEEDS, methods=READ)
async def show_needs(request: Request, who: Who, now: Now) -> Response:
    """What is needed, what it costs, what we hold already, what is missing and why."""
    return await _needs(request, who, await look(owner_of(who), now=now), now)


@router.post(NEEDS)
async def press_begin(request: Request, who: Who, now: Now) -> Response:
    """Begin, or go on; where a condition does not hold, its line says which."""
    owner = owner_of(who)
    sent = await texts_of(request, (FIELD,))
    renewal = await look(owner, now=now)
    if not is_ours(request, sent[FIELD]):
        return await _needs(request, who, renewal, now, status=REFUSED)
    if renewal.open_request is not None:
        return to_request(request, renewal.open_request.tracking_code)
    if renewal.may_begin:
        try:
            await begin(owner, now=now)
        except RequestIsOpen as refused:
            return to_request(request, refused.tracking_code)
        return RedirectResponse(with_language(request, TASKS), status_code=303)
    return RedirectResponse(with_language(request, NEEDS), status_code=303)


def not_being_written(request: Request, renewal: Renewal) -> Response | None:
    """Where somebody is led who has sent their renewal, or not begun one; else None."""
    if renewal.open_request is not None and renewal.corrects is None:
        return to_request(request, renewal.open_request.tracking_code)
    if renewal.draft is None:
        return RedirectResponse(with_language(request, START), status_code=303)
    return None


async def _needs(
    request: Request, who: SignedIn, renewal: Renewal, now: Now, *, status: int = 200
) -> Response:
    found: list[NeedShown] = needs(renewal.card.lines) if renewal.card else []
    kinds = renewal.card.documents if renewal.card and renewal.draft is None else ()
    held = await held_by_kind(owner_of(who), kinds, besides=renewal, now=now)
    return page(
        "renewal/needs.html",
        request,
        page_language(request, who.language),
        status=status,
        path=NEEDS,
        renewal=renewal,
        blocks=[
            (name, [need for need in found if need.block == name])
            for name in ("missing", "held", "documents", "costs")
        ],
        held=held,
        again=status == REFUSED,
    )
