"""The requests that have not ended: a practitioner has one of a kind at most."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.questions import Question
from models.requests import Request
from rules.requests.statuses import Kind
from rules.requests.transitions import FINAL


async def has_open_request(
    session: AsyncSession, practitioner_id: UUID, kind: Kind, *, besides: UUID | None = None
) -> bool:
    """Whether a request of this kind is open for the practitioner, other than this one."""
    found = await OPEN_REQUESTS.about(session, (practitioner_id, kind))
    return found is not None and found != besides


async def _open_requests(
    session: AsyncSession, keys: Collection[tuple[UUID, Kind]]
) -> dict[tuple[UUID, Kind], UUID]:
    query = select(Request.practitioner_id, Request.kind, Request.id).where(
        col(Request.practitioner_id).in_({practitioner_id for practitioner_id, _ in keys}),
        col(Request.status).not_in(FINAL),
    )
    return {
        (practitioner_id, Kind(kind)): request_id
        for practitioner_id, kind, request_id in (await session.exec(query)).all()
        if practitioner_id is not None
    }


#: By practitioner and kind: the request that has not ended, of which there is one at most.
OPEN_REQUESTS = Question(_open_requests)


async def open_request(session: AsyncSession, practitioner_id: UUID, kind: Kind) -> Request | None:
    """The practitioner's request of this kind that has not ended: there is one at most."""
    query = select(Request).where(
        col(Request.practitioner_id) == practitioner_id,
        col(Request.kind) == kind,
        col(Request.status).not_in(FINAL),
    )
    return (await session.exec(query)).one_or_none()


async def count_open(session: AsyncSession) -> int:
    """How many requests have not ended."""
    query = select(func.count()).select_from(Request).where(col(Request.status).not_in(FINAL))
    return (await session.exec(query)).one()


async def open_after(session: AsyncSession, after: UUID, *, limit: int) -> list[Request]:
    """The next requests that have not ended, in the order of their ids."""
    query = (
        select(Request)
        .where(col(Request.status).not_in(FINAL), col(Request.id) > after)
        .order_by(col(Request.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())
