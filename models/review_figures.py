"""How many reviews are due when, and how the queue at the gate has moved."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, not_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request, RequestEvent
from models.statements import execute
from models.waiting_decisions import waits_on_request
from rules.requests.statuses import Status


class DueReviews(NamedTuple):
    """The reviews of one kind; each is counted once among those that are due."""

    kind: str
    #: All that wait at the gate, due or not.
    waiting: int
    late: int
    today: int
    #: After today, and before the weekend.
    this_week: int


class GateTraffic(NamedTuple):
    """How many requests of one kind came to the gate, and how many left it."""

    kind: str
    came: int
    left: int


async def count_due_reviews(
    session: AsyncSession, *, now: datetime, today_ends: datetime, week_ends: datetime
) -> list[DueReviews]:
    """The reviews that wait, by kind; a kind of which none waits is not listed.

    Those that are in a queue of `models.queues`: not what waits to land.
    """
    due = col(Request.review_due_at)
    query = (
        select(
            col(Request.kind),
            func.count(),
            func.count().filter(due <= now),
            func.count().filter(due > now, due <= today_ends),
            func.count().filter(due > now, due > today_ends, due <= week_ends),
        )
        .where(col(Request.status) == Status.UNDER_REVIEW, not_(waits_on_request()))
        .group_by(col(Request.kind))
        .order_by(col(Request.kind))
    )
    return [DueReviews(*row) for row in await execute(session, query)]


async def count_gate_traffic(session: AsyncSession, *, since: datetime) -> list[GateTraffic]:
    """What has come to the gate and left it from that instant on, by kind.

    The history is read from its end, so that it takes no longer as it grows.
    """
    before = (
        select(col(RequestEvent.id))
        .where(col(RequestEvent.at) < since)
        .order_by(col(RequestEvent.id).desc())
        .limit(1)
    )
    gate = Status.UNDER_REVIEW
    came = func.count().filter(col(RequestEvent.to_status) == gate)
    left = func.count().filter(col(RequestEvent.from_status) == gate)
    query = (
        select(col(Request.kind), came, left)
        .join(Request, col(Request.id) == col(RequestEvent.request_id))
        .where(col(RequestEvent.id) > func.coalesce(before.scalar_subquery(), 0))
        .group_by(col(Request.kind))
        .order_by(col(Request.kind))
    )
    return [GateTraffic(*row) for row in await execute(session, query)]
