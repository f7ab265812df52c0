"""One's own card to show and to print: a page for a phone, and a sheet of PDF."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from markupsafe import Markup
from segno import make_qr

from desk.accounts.signed_in import SignedIn
from desk.looks import Looker
from desk.register.card_codes import CardCodeWithdrawn
from desk.register.card_sheet import card_as_pdf
from desk.register.printing import CardInHand, CardNotInForce, hand_out_card
from models.cards import CardUnknown
from portal.web.clock import Now
from portal.web.hurrying import Room
from portal.web.languages import page_language
from portal.web.pages import page
from portal.web.who import NotForOfficers, Who

router = APIRouter()

WALLET, SHEET = "/card/wallet", "/card/file"
#: Sheets that are set at the same time in one process.
PRINTING = 2


@router.get(WALLET)
async def show_wallet(request: Request, who: Who, now: Now) -> Response:
    """The card on one screen of a phone, with the picture of its code."""
    try:
        card = await _own(who, now)
    except (CardUnknown, CardNotInForce, CardCodeWithdrawn) as refused:
        return _refused(request, who, refused)
    return page(
        "card_wallet.html",
        request,
        page_language(request, who.language),
        card=card,
        error=None,
        picture=_picture(card.address),
    )


@router.get(SHEET)
async def give_sheet(request: Request, who: Who, now: Now) -> Response:
    """The card as PDF, in the language that is asked for."""
    room: Room = request.app.state.printing
    try:
        card = await _own(who, now)
    except (CardUnknown, CardNotInForce, CardCodeWithdrawn) as refused:
        return _refused(request, who, refused)
    async with room.place():
        sheet = await card_as_pdf(card, page_language(request, who.language))
    return Response(
        sheet,
        media_type="application/pdf",
        headers={"Content-Disposition": 'attachment; filename="card.pdf"'},
    )


async def _own(who: SignedIn, now: Now) -> CardInHand:
    if who.practitioner_id is None or who.registration_number is None:
        raise NotForOfficers
    by = Looker.owner(who.registration_number)
    return await hand_out_card(who.practitioner_id, by=by, now=now)


def _refused(
    request: Request, who: SignedIn, refused: CardUnknown | CardNotInForce | CardCodeWithdrawn
) -> Response:
    errors = {CardUnknown: "none", CardNotInForce: "not_in_force", CardCodeWithdrawn: "no_code"}
    return page(
        "card_wallet.html",
        request,
        page_language(request, who.language),
        status=refused.page_status,
        path=WALLET,
        card=None,
        error=errors[type(refused)],
        picture=None,
    )


def _picture(address: str) -> Markup:
    # White around it whatever the page's colours: scanners read nothing else.
    made: Any = make_qr(address, error="m")
    drawn = made.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    # Squares and nothing of what they say: the library writes numbers alone.
    return Markup(drawn)  # noqa: S704
