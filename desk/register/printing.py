"""The card as it is handed out: read at one moment, with the code that leads to its check."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker, note_look
from desk.policy import as_on_card
from desk.register.card_checks import standing_of_card
from desk.register.card_codes import make_sure_of_code, open_code
from desk.register.cards import practitioner_of_number
from mail.settings import MailSettings
from models.access_log import Looked
from models.cards import CardUnknown, find_card, periods_of
from models.database import snapshot, transaction
from models.practitioners import get_practitioner
from models.profile_versions import changed_after
from models.requests import Request
from rules.errors import Conflict, Refused
from rules.values.dates import riyadh_day


class CardNotInForce(Refused):
    """This card is not valid today, so it is not handed out."""


class CardChanged(Conflict):
    """This card says something else by now than it did then."""


@dataclass(frozen=True, kw_only=True, repr=False)
class CardInHand:
    """What a card says; its `repr` shows nobody's data."""

    name_ar: str
    name_en: str
    specialty: str
    rank: str
    #: With its dash.
    number: str
    valid_from: date
    valid_until: date
    #: The day on which it was read (Riyadh).
    as_of: date
    #: Where its picture leads.
    address: str


async def hand_out_card(practitioner_id: UUID, *, by: Looker, now: datetime) -> CardInHand:
    """This person's card, all of it as it was at one moment; a line of the access log.

    Gives it its first code; repeated, it is the same card. Raises `models.cards.CardUnknown`,
    `CardNotInForce`, and as `desk.register.card_codes.open_code`.
    """
    async with snapshot() as session:
        await _valid_on(session, practitioner_id, riyadh_day(now))
    await make_sure_of_code(practitioner_id, now=now)
    async with snapshot() as session:
        card = await _in_hand(session, practitioner_id, riyadh_day(now))
        await note_look(session, Looked.CARD_PRINT, by=by, now=now, practitioner_id=practitioner_id)
        return card


async def hand_out_card_of(registration_number: str, *, by: Looker, now: datetime) -> CardInHand:
    """The same by number; raises also `PractitionerUnknown`, and `ValueRefused` for no number."""
    async with transaction() as session:
        practitioner_id = (await practitioner_of_number(session, registration_number)).id
    return await hand_out_card(practitioner_id, by=by, now=now)


async def card_in_letter(
    request_id: UUID, *, valid_until: date, written_at: datetime, now: datetime
) -> CardInHand:
    """The card that this request brought, as its e-mail of that instant may carry it.

    It is the same whenever it is asked for. Gives the card its first code. No line of the access
    log: nobody looks, and the e-mail has a row of its own. Raises `CardChanged` where it would not
    be the same any more, and as `hand_out_card`.
    """
    then, today = riyadh_day(written_at), riyadh_day(now)
    async with snapshot() as session:
        practitioner_id = (await session.get_one(Request, request_id)).practitioner_id
        if practitioner_id is None:
            raise CardUnknown
        await _valid_on(session, practitioner_id, today)
    await make_sure_of_code(practitioner_id, now=now)
    async with snapshot() as session:
        card = await _in_hand(session, practitioner_id, then)
        standing = await _valid_on(session, practitioner_id, today)
        if (
            standing != (card.valid_from, card.valid_until)
            or card.valid_until != valid_until
            or await changed_after(session, practitioner_id, written_at)
        ):
            raise CardChanged
        return card


async def _in_hand(session: AsyncSession, practitioner_id: UUID, on: date) -> CardInHand:
    from_, until = await _valid_on(session, practitioner_id, on)
    who = await get_practitioner(session, practitioner_id)
    card = await find_card(session, practitioner_id)
    code = await open_code(session, card.id)
    return CardInHand(
        name_ar=who.name_ar,
        name_en=who.name_en,
        specialty=who.specialty,
        rank=who.rank,
        number=as_on_card(who.registration_number),
        valid_from=from_,
        valid_until=until,
        as_of=on,
        address=f"{MailSettings().portal_url.rstrip('/')}/c/{code}",
    )


async def _valid_on(session: AsyncSession, practitioner_id: UUID, on: date) -> tuple[date, date]:
    card = await find_card(session, practitioner_id)
    standing = standing_of_card(card, await periods_of(session, card.id), on=on)
    if standing.valid_from is None or standing.valid_until is None:
        raise CardNotInForce
    return standing.valid_from, standing.valid_until
