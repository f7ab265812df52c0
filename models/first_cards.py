"""The first card of somebody who had none."""

from datetime import date, datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card, CardPeriod, PeriodMaker
from rules.register.card import CardStatus, Category


async def issue(
    session: AsyncSession,
    practitioner_id: UUID,
    *,
    category: Category,
    valid_from: date,
    expires_on: date,
    request_id: UUID,
    now: datetime,
) -> None:
    """Give somebody who has none a card, with its first period, in the caller's transaction.

    Repeated for a request or a practitioner, the tables refuse it.
    """
    card = Card(
        practitioner_id=practitioner_id,
        status=CardStatus.ACTIVE,
        category=category,
        valid_from=valid_from,
        expires_on=expires_on,
    )
    session.add(card)
    await session.flush()
    session.add(
        CardPeriod(
            card_id=card.id,
            valid_from=valid_from,
            expires_on=expires_on,
            made_by=PeriodMaker.ISSUED,
            request_id=request_id,
            recorded_at=now,
        )
    )
    await session.flush()
