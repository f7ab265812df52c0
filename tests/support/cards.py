"""Invented cards, what their holders learned, and the renewals that they submit."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from models.cards import Card, CardPeriod, PeriodMaker, find_card, periods_of
from models.database import transaction
from models.practitioners import CpdEntry, find_practitioner
from support.people import NOURA, Applicant, employer_letter, register_applicant

#: What a nurse's card of two years asks for.
ENOUGH_HOURS = 30


async def give_card(
    registration_number: str,
    *,
    expires_on: date,
    valid_from: date | None = None,
    hours: int = ENOUGH_HOURS,
    **facts: Any,
) -> UUID:
    """A nurse's card of two years that expires on this day, with hours inside its period."""
    begins = valid_from or expires_on - timedelta(days=730)
    loaded_at = datetime.combine(begins, time(9), UTC)
    async with transaction() as session:
        practitioner = await find_practitioner(session, registration_number)
        card = Card(
            **{"status": "active", "category": "nursing"} | facts,
            practitioner_id=practitioner.id,
            valid_from=begins,
            expires_on=expires_on,
        )
        session.add(card)
        await session.flush()
        session.add(
            CardPeriod(
                card_id=card.id,
                valid_from=begins,
                expires_on=expires_on,
                made_by=PeriodMaker.LOADED,
                recorded_at=loaded_at,
            )
        )
        if hours:
            session.add(
                CpdEntry(
                    practitioner_id=practitioner.id,
                    activity_key=f"loaded-{registration_number}",
                    source="loaded",
                    title="Congress of nursing",
                    issuer="Saudi Nursing Society",
                    completed_on=begins + timedelta(days=30),
                    hours=Decimal(hours),
                    recorded_at=loaded_at,
                )
            )
        return card.id


async def card_of(registration_number: str) -> Card:
    """The card as it stands now."""
    async with transaction() as session:
        practitioner = await find_practitioner(session, registration_number)
        return await find_card(session, practitioner.id)


async def periods(registration_number: str) -> list[CardPeriod]:
    """The card's whole history."""
    card = await card_of(registration_number)
    async with transaction() as session:
        return await periods_of(session, card.id)


async def register_holder(
    *, expires_on: date, hours: int = ENOUGH_HOURS, **facts: Any
) -> Applicant:
    """One more person on the register, with a card."""
    applicant = await register_applicant(**facts)
    await give_card(applicant.registration_number, expires_on=expires_on, hours=hours)
    return applicant


def renewal(today: date, **more: Any) -> dict[str, Any]:
    """Noura's renewal with the letter that it needs."""
    return {
        "registration_number": NOURA["registration_number"],
        "documents": [employer_letter(today)],
        "preferred_language": "en",
        "confirmed_by_applicant": True,
        "idempotency_key": "noura-renewal-1",
        **more,
    }
