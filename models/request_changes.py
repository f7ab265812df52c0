"""Which requests changed since a point of their common history: for systems that ask again."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.machines import MachineRequest
from models.practitioners import Practitioner
from models.requests import Request, RequestEvent


async def changed_requests(
    session: AsyncSession,
    *,
    after: int,
    settled: datetime,
    limit: int,
    employers: Collection[str] | None,
    machine_id: UUID | None,
) -> list[tuple[Request, int]]:
    """The requests with an event of a higher number, each with its last one, in that order.

    Numbers are given out before a transaction commits, so a lower one may be seen later than a
    higher: events stop before the first one that is younger than ``settled``. Of people of these
    employers, and of those that a machine handed in, where either is said.
    """
    unsettled = (
        select(func.min(RequestEvent.id)).where(col(RequestEvent.at) > settled).scalar_subquery()
    )
    last = func.max(RequestEvent.id)
    query = (
        select(Request, last)
        .join(RequestEvent, col(RequestEvent.request_id) == col(Request.id))
        .where(
            col(RequestEvent.id) > after,
            col(RequestEvent.id) < func.coalesce(unsettled, 2**62),
        )
        .group_by(col(Request.id))
        .order_by(last)
        .limit(limit)
    )
    if employers is not None:
        query = query.join(
            Practitioner, col(Practitioner.id) == col(Request.practitioner_id)
        ).where(col(Practitioner.employer).in_(employers))
    if machine_id is not None:
        query = query.join(MachineRequest, col(MachineRequest.request_id) == col(Request.id)).where(
            col(MachineRequest.machine_id) == machine_id
        )
    return [(request, number or 0) for request, number in (await session.exec(query)).all()]
