"""Which requests changed since a point of their common history: for systems that ask again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.machines import EMPLOYER, MachineRequest
from models.practitioners import Practitioner
from models.requests import Request, RequestEvent

#: Numbers of events that one page looks through at most, however long the history is.
SPAN = 10_000
_number = col(RequestEvent.id)


@dataclass(frozen=True)
class Span:
    """A part of the history, in which nothing more will appear."""

    #: Events with a higher number, up to and with the last one.
    after: int
    last: int
    #: Whether there is more of the history behind it that has settled, as far as was looked.
    more: bool


async def settled_span(session: AsyncSession, *, after: int, settled: datetime) -> Span:
    """The next part of the history.

    Numbers are given out before a transaction commits, so a lower one may be seen later than a
    higher: the part ends before the first event that is younger than ``settled``.
    """
    first = (await session.exec(select(func.min(_number)).where(_number > after))).one()
    if first is None:
        return Span(after, after, more=False)
    within = (_number >= first, _number < first + SPAN)
    is_young = col(RequestEvent.at) > settled
    bounds = select(func.max(_number), func.min(_number).filter(is_young)).where(*within)
    newest, young = (await session.exec(bounds)).one()
    if young is not None:
        return Span(after, max(after, young - 1), more=False)
    last = (await session.exec(select(func.max(_number)))).one()
    return Span(after, newest or after, more=last != newest)


async def changed_requests(
    session: AsyncSession,
    span: Span,
    *,
    limit: int,
    employers: Collection[str] | None,
    machine_id: UUID | None,
) -> list[tuple[Request, int]]:
    """The requests with an event in this part, each with its last one there, in that order.

    Of people of these employers, and of those that a machine handed in, where either is said.
    """
    last = func.max(_number)
    query = (
        select(Request, last)
        .join(RequestEvent, col(RequestEvent.request_id) == col(Request.id))
        .where(_number > span.after, _number <= span.last)
        .group_by(col(Request.id))
        .order_by(last)
        .limit(limit)
    )
    if employers is not None:
        query = query.join(
            Practitioner, col(Practitioner.id) == col(Request.practitioner_id), isouter=True
        ).where(EMPLOYER.in_(employers))
    if machine_id is not None:
        query = query.join(MachineRequest, col(MachineRequest.request_id) == col(Request.id)).where(
            col(MachineRequest.machine_id) == machine_id
        )
    return [(request, number or 0) for request, number in (await session.exec(query)).all()]
