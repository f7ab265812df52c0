"""Taking back what a request brought into force: its version, and the one that undoes it."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import ProfileVersion


async def version_of(session: AsyncSession, request_id: UUID) -> ProfileVersion | None:
    """What this request brought into force, if it did."""
    query = select(ProfileVersion).where(col(ProfileVersion.request_id) == request_id)
    return (await session.exec(query)).one_or_none()


async def undoing_of(session: AsyncSession, request_id: UUID) -> ProfileVersion | None:
    """The version that took it back, if one did."""
    query = select(ProfileVersion).where(col(ProfileVersion.undoes_request_id) == request_id)
    return (await session.exec(query)).one_or_none()


async def undone_since(session: AsyncSession, practitioner_id: UUID, since: datetime) -> bool:
    """Whether any change of this practitioner was taken back since then."""
    query = (
        select(ProfileVersion.id)
        .where(
            col(ProfileVersion.practitioner_id) == practitioner_id,
            col(ProfileVersion.undoes_request_id).is_not(None),
            col(ProfileVersion.changed_at) > since,
        )
        .limit(1)
    )
    return (await session.exec(query)).first() is not None
