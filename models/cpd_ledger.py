"""The ledger of professional development: what is in it, and what is added."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import CpdEntry
from models.questions import Question


async def activities_of(session: AsyncSession, practitioner_id: UUID) -> list[CpdEntry]:
    """Every activity of the practitioner, oldest first."""
    return list(await ACTIVITIES.about(session, practitioner_id) or ())


async def _activities(
    session: AsyncSession, practitioner_ids: Collection[UUID]
) -> dict[UUID, list[CpdEntry]]:
    query = (
        select(CpdEntry)
        .where(col(CpdEntry.practitioner_id).in_(practitioner_ids))
        .order_by(col(CpdEntry.completed_on), col(CpdEntry.id))
    )
    found: dict[UUID, list[CpdEntry]] = defaultdict(list)
    for entry in (await session.exec(query)).all():
        found[entry.practitioner_id].append(entry)
    return found


#: By the practitioner who did them; oldest first.
ACTIVITIES = Question(_activities)


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
