"""My card and hours: until when the card is valid, what counts, and when it can be renewed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.policy import as_on_card
from desk.register.own_card import own_card
from portal.web.clock import Now
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import Who
from rules.values.dates import riyadh_day

router = APIRouter()


@router.api_route("/card", methods=["GET", "HEAD"])
async def show_card(request: Request, who: Who, now: Now) -> Response:
    """One's own card, with the hours of the ledger by year."""
    card = await own_card(who.practitioner_id, on=riyadh_day(now))
    return page(
        "card.html",
        request,
        page_language(request, who.language),
        card=card,
        number=as_on_card(card.on_file.registration_number) if card else None,
    )
