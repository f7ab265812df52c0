"""Cards: what the rules read of them, what may be done with them, and extending many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.looks import Looker, note_look
from desk.policy import current_policy
from models.access_log import Looked
from models.cards import (
    Card,
    CardPeriod,
    cards_left_alone,
    cards_to_extend,
    extend,
    find_card,
    periods_of,
)
from models.connections import LONG
from models.cpd_ledger import activities_of
from models.database import transaction
from models.open_requests import has_open_request
from models.practitioners import Practitioner, find_practitioner
from rules.card_renewal.eligibility import EligibilityLine, eligibility
from rules.errors import Refused
from rules.register.card import ActivityKind, CardOnFile, CardStatus, Category, LedgerEntry
from rules.requests.statuses import Kind
from rules.values.registration_number import clean_registration_number


class NotAnExtension(Refused):
    """The days of an extension contradict each other; nothing was extended."""

    def __init__(self, first: date, last: date, to: date) -> None:
        super().__init__(
            f"{last} is before {first}"
            if last < first
            else f"no card that expires from {first} on could be extended to {to}"
        )


@dataclass(frozen=True, kw_only=True)
class CardFile:
    """A card with its whole history."""

    registration_number: str
    card: Card
    periods: Sequence[CardPeriod]


@dataclass(frozen=True, kw_only=True)
class Extension:
    """What extending cards did, or would do."""

    to: date
    #: How many cards it moves, by the day on which they expired.
    cards: dict[date, int]
    #: How many others of these days it leaves as they are: they are suspended or revoked.
    left_alone: dict[CardStatus, int]
    is_dry_run: bool

    @property
    def total(self) -> int:
        """How many cards in all."""
        return sum(self.cards.values())


async def read_card(registration_number: str, *, by: Looker, now: datetime) -> CardFile:
    """The card and every period that it ever had; a line of the access log.

    Raises `PractitionerUnknown`, `CardUnknown`, and `ValueRefused` for what is no number.
    """
    async with transaction() as session:
        practitioner = await practitioner_of_number(session, registration_number)
        card = await find_card(session, practitioner.id)
        await note_look(session, Looked.CARD, by=by, now=now, practitioner_id=practitioner.id)
        return CardFile(
            registration_number=practitioner.registration_number,
            card=card,
            periods=await periods_of(session, card.id),
        )


async def eligibility_of(
    registration_number: str, on: date, *, by: Looker, now: datetime
) -> tuple[EligibilityLine, ...]:
    """Whether the card may be renewed on this day, from when, until when, and what is missing.

    Changes nothing; a line of the access log. Raises as `read_card` does.
    """
    async with transaction() as session:
        practitioner = await practitioner_of_number(session, registration_number)
        card = await find_card(session, practitioner.id)
        await note_look(session, Looked.CARD, by=by, now=now, practitioner_id=practitioner.id)
        on_file = card_on_file(
            card,
            practitioner,
            has_open_renewal=await has_open_renewal(session, practitioner.id),
        )
        ledger = await ledger_of(session, practitioner.id)
    return eligibility(on_file, ledger, on=on, policy=current_policy())


async def extend_cards(
    *, first: date, last: date, to: date, actor: str, now: datetime, dry_run: bool = False
) -> Extension:
    """Let every card that expires from ``first`` to ``last`` expire on ``to`` instead.

    All of them or, if it raises, none; each keeps a line of history with ``actor``. A card that
    expires on ``to`` or later is left alone, so repeated it changes nothing; and so is one that is
    suspended or revoked: what the authority gives to everybody it has taken from its holder.
    Renewals that are open go on, from the new expiry. The authority did so in 2020 (DOMAIN.md 1.3
    [18]). Raises `NotAnExtension`.
    """
    if last < first or to <= first:
        raise NotAnExtension(first, last, to)
    counts: dict[date, int] = {}
    async with transaction(LONG) as session:
        found = await cards_to_extend(session, first=first, last=last, to=to)
        for _, expires_on in found:
            counts[expires_on] = counts.get(expires_on, 0) + 1
        left_alone = await cards_left_alone(session, first=first, last=last, to=to)
        if not dry_run:
            await extend(session, found, to=to, actor=actor, now=now)
    return Extension(
        to=to, cards=dict(sorted(counts.items())), left_alone=left_alone, is_dry_run=dry_run
    )


def card_on_file(card: Card, practitioner: Practitioner, *, has_open_renewal: bool) -> CardOnFile:
    """The card and its holder as the rules read them."""
    return CardOnFile(
        registration_number=practitioner.registration_number,
        status=CardStatus(card.status),
        category=Category(card.category),
        rank=practitioner.rank,
        nationality=practitioner.nationality,
        identity_kind=practitioner.identity_kind,
        birth_date=practitioner.birth_date,
        employer=practitioner.employer,
        valid_from=card.valid_from,
        expires_on=card.expires_on,
        has_open_renewal=has_open_renewal,
    )


async def ledger_of(session: AsyncSession, practitioner_id: UUID) -> list[LedgerEntry]:
    """Every activity of the practitioner as the rules read it, oldest first."""
    return [
        LedgerEntry(
            activity_key=entry.activity_key,
            kind=ActivityKind(entry.kind),
            completed_on=entry.completed_on,
            hours=entry.hours,
        )
        for entry in await activities_of(session, practitioner_id)
    ]


async def has_open_renewal(
    session: AsyncSession, practitioner_id: UUID, *, besides: UUID | None = None
) -> bool:
    """Whether a renewal of this practitioner's card is open, other than this request."""
    return await has_open_request(session, practitioner_id, Kind.CARD_RENEWAL, besides=besides)


async def practitioner_of_number(session: AsyncSession, typed: str) -> Practitioner:
    """Whoever has this number; raises `PractitionerUnknown`, and `ValueRefused` for no number."""
    pattern = current_policy().registration_number.pattern
    return await find_practitioner(session, clean_registration_number(typed, pattern=pattern))
