"""Taking back what a request brought into force: its version, and the one that undoes it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.practitioners import ProfileVersion
from models.questions import Question


async def version_of(session: AsyncSession, request_id: UUID) -> ProfileVersion | None:
    """What this request brought into force, if it did."""
    query = select(ProfileVersion).where(col(ProfileVersion.request_id) == request_id)
    return (await session.exec(query)).one_or_none()


async def with_versions(session: AsyncSession, request_ids: Collection[UUID]) -> set[UUID]:
    """Those of these requests that brought something into force."""
    query = select(ProfileVersion.request_id).where(col(ProfileVersion.request_id).in_(request_ids))
    return {found for found in (await session.exec(query)).all() if found is not None}


async def undoing_of(session: AsyncSession, request_id: UUID) -> ProfileVersion | None:
    """The version that took it back, if one did."""
    query = select(ProfileVersion).where(col(ProfileVersion.undoes_request_id) == request_id)
    return (await session.exec(query)).one_or_none()


async def _last_undone(
    session: AsyncSession, practitioner_ids: Collection[UUID]
) -> dict[UUID, datetime]:
    query = (
        select(col(ProfileVersion.practitioner_id), func.max(ProfileVersion.changed_at))
        .where(
            col(ProfileVersion.practitioner_id).in_(practitioner_ids),
            col(ProfileVersion.undoes_request_id).is_not(None),
        )
        .group_by(col(ProfileVersion.practitioner_id))
    )
    return dict((await session.exec(query)).all())


#: When a change of each practitioner was taken back last.
LAST_UNDONE = Question(_last_undone)


async def undone_since(session: AsyncSession, practitioner_id: UUID, since: datetime) -> bool:
    """Whether any change of this practitioner was taken back since then."""
    last = await LAST_UNDONE.about(session, practitioner_id)
    return last is not None and last > since
