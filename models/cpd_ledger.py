"""The ledger of professional development: what is in it, and what is added."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import CpdEntry


async def activities_of(session: AsyncSession, practitioner_id: UUID) -> list[CpdEntry]:
    """Every activity of the practitioner, oldest first."""
    query = (
        select(CpdEntry)
        .where(col(CpdEntry.practitioner_id) == practitioner_id)
        .order_by(col(CpdEntry.completed_on), col(CpdEntry.id))
    )
    return list((await session.exec(query)).all())


async def add_activities(session: AsyncSession, entries: Sequence[CpdEntry]) -> list[Decimal]:
    """Add what is not in the ledger yet, and return the hours of each that was added.

    Each activity counts once, however often and by whomever it is added (DOMAIN.md 1.5 [27]).
    """
    if not entries:
        return []
    statement = (
        insert(CpdEntry)
        .values([entry.model_dump() for entry in entries])
        .on_conflict_do_nothing(constraint="each_activity_counts_once")
        .returning(col(CpdEntry.hours))
    )
    return list((await session.exec(statement)).scalars().all())
