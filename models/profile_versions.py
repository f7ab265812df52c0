"""What is asked of the changes that came into force."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import ProfileVersion


async def changed_after(session: AsyncSession, practitioner_id: UUID, at: datetime) -> bool:
    """Whether anything on file about this person changed after this instant."""
    query = select(ProfileVersion.id).where(
        col(ProfileVersion.practitioner_id) == practitioner_id, col(ProfileVersion.changed_at) > at
    )
    return (await session.exec(query.limit(1))).first() is not None
