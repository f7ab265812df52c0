"""Cards by the day on which they expire, with their holders: chunk by chunk, however many."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import literal, tuple_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card
from models.practitioners import Practitioner


async def count_expiring(session: AsyncSession, *, first: date, last: date) -> int:
    """How many cards expire from ``first`` to ``last``."""
    query = select(func.count()).select_from(Card).where(col(Card.expires_on).between(first, last))
    return (await session.exec(query)).one()


async def expiring_after(
    session: AsyncSession, after: tuple[date, UUID], *, last: date, limit: int
) -> Sequence[tuple[Card, Practitioner]]:
    """The next cards that expire until ``last``, after this expiry and id, in their order."""
    key = tuple_(col(Card.expires_on), col(Card.id))
    query = (
        select(Card, Practitioner)
        .join(Practitioner, col(Practitioner.id) == col(Card.practitioner_id))
        .where(key > tuple_(literal(after[0]), literal(after[1])), col(Card.expires_on) <= last)
        .order_by(col(Card.expires_on), col(Card.id))
        .limit(limit)
    )
    return (await session.exec(query)).all()
