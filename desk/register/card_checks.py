"""What whoever holds a card's code may know: valid until when, and whose; or not valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from desk.looks import Looker, note_look, note_looks
from models.access_log import Looked
from models.card_codes import CardCode, CodeEnd, cards_by_code, is_new_look, periods_of_cards
from models.cards import Card, CardPeriod
from models.database import snapshot, transaction
from models.links import hash_token
from models.practitioners import Practitioner
from rules.card_renewal.standing import CardStanding, card_standing
from rules.register.card import CardStatus
from rules.requests.card_period import Period
from rules.values.card_code import NotACardCode, parse_card_code
from rules.values.dates import riyadh_day


class CheckedState(StrEnum):
    """What is answered about a code."""

    VALID = "valid"
    #: It has run out, or the authority took it away.
    NOT_VALID = "not_valid"
    #: The card has another code now.
    REPLACED = "replaced"
    #: The code was taken back, and nothing is said by it.
    WITHDRAWN = "withdrawn"
    #: No card ever had this code.
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, repr=False)
class CheckedCard:
    """The answer about one code; only a valid card says whose it is."""

    state: CheckedState
    name_ar: str | None = None
    name_en: str | None = None
    specialty: str | None = None
    rank: str | None = None
    valid_until: date | None = None
    #: Where the card has run out.
    not_valid_since: date | None = None


_UNKNOWN = CheckedCard(state=CheckedState.UNKNOWN)
_BY_END = {CodeEnd.REPLACED: CheckedState.REPLACED, CodeEnd.WITHDRAWN: CheckedState.WITHDRAWN}
_Found = tuple[CardCode, Card, Practitioner]


async def check_card(typed: str, *, now: datetime) -> CheckedCard:
    """What the public page says of this code; what is no code is as unknown as one nobody has.

    A line of the access log, of nobody by name; looks by one code within a minute are one line.
    """
    (checked,), found = await _checked([typed], on=riyadh_day(now))
    for code, _, who in found:
        async with transaction() as session:
            if await is_new_look(session, code.id, now=now):
                await note_look(
                    session,
                    Looked.CARD_CHECK,
                    by=Looker.public(),
                    now=now,
                    practitioner_id=who.id,
                )
    return checked


async def check_cards(
    typed: Sequence[str], *, by: Looker, why: str, now: datetime
) -> tuple[CheckedCard, ...]:
    """The same of several codes at one moment, in their order.

    A line of the access log for each person whose code was among them, with ``why``.
    """
    checked, found = await _checked(typed, on=riyadh_day(now))
    async with transaction() as session:
        await note_looks(
            session,
            Looked.CARD_CHECK,
            by=by,
            now=now,
            why_of={who.id: why for _, _, who in found},
        )
    return checked


def standing_of_card(card: Card, periods: Sequence[CardPeriod], *, on: date) -> CardStanding:
    """How the card stands on this day, as the rules say."""
    return card_standing(
        CardStatus(card.status),
        begins=card.valid_from,
        periods=[Period(valid_from=one.valid_from, expires_on=one.expires_on) for one in periods],
        on=on,
    )


async def _checked(
    typed: Sequence[str], *, on: date
) -> tuple[tuple[CheckedCard, ...], tuple[_Found, ...]]:
    """The answers, and what was found for them."""
    hashes = [_hash_of(one) for one in typed]
    async with snapshot() as session:
        found = await cards_by_code(session, {one for one in hashes if one is not None})
        periods = await periods_of_cards(session, {card.id for _, card, _ in found.values()})
    answers = {
        hashed: _answer(one, standing_of_card(one[1], periods[one[1].id], on=on))
        for hashed, one in found.items()
    }
    answered = tuple(answers.get(hashed or "", _UNKNOWN) for hashed in hashes)
    return answered, tuple(found.values())


def _answer(found: _Found, standing: CardStanding) -> CheckedCard:
    code, _, who = found
    if code.ended_because is not None:
        return CheckedCard(state=_BY_END[code.ended_because])
    if not standing.is_valid:
        return CheckedCard(state=CheckedState.NOT_VALID, not_valid_since=standing.not_valid_since)
    return CheckedCard(
        state=CheckedState.VALID,
        name_ar=who.name_ar,
        name_en=who.name_en,
        specialty=who.specialty,
        rank=who.rank,
        valid_until=standing.valid_until,
    )


def _hash_of(typed: str) -> str | None:
    try:
        return hash_token(parse_card_code(typed))
    except NotACardCode:
        return None
