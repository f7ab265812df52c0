"""What officers have in hand, and what they have decided lately, in numbers."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select, true
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import claim_counts
from models.requests import Decision, Request, RequestEvent
from models.review_desk import PutAside
from models.statements import execute
from rules.requests.events import EventName
from rules.requests.statuses import Status


class InHand(NamedTuple):
    """What an officer works on now."""

    officer: str
    open: int
    #: After now, and today.
    today: int
    late: int


class DecisionsMade(NamedTuple):
    """What one officer has decided of one kind."""

    officer: str
    kind: str
    number: int


class Median(NamedTuple):
    """How long a decision took whoever decided; of an officer, or of a kind: the other is None."""

    officer: str | None
    kind: str | None
    minutes: float


async def count_in_hand(
    session: AsyncSession, *, now: datetime, today_ends: datetime
) -> list[InHand]:
    """What each officer works on, as the queue that is narrowed to them lists it."""
    due = col(Request.review_due_at)
    query = (
        select(
            col(Request.claimed_by),
            func.count(),
            func.count().filter(due > now, due <= today_ends),
            func.count().filter(due <= now),
        )
        .where(
            col(Request.status) == Status.UNDER_REVIEW,
            col(Request.claimed_by).is_not(None),
            claim_counts(now),
        )
        .group_by(col(Request.claimed_by))
    )
    return [InHand(*row) for row in await execute(session, query)]


async def count_put_aside(session: AsyncSession, *, now: datetime) -> dict[str, int]:
    """How much each officer has put aside until a day that has not come."""
    query = (
        select(col(PutAside.officer), func.count())
        .join(Request, col(Request.id) == col(PutAside.request_id))
        .where(
            col(PutAside.ended_at).is_(None),
            col(PutAside.until) > now,
            col(PutAside.round) == col(Request.round),
            col(Request.status) == Status.UNDER_REVIEW,
        )
        .group_by(col(PutAside.officer))
    )
    found = await execute(session, query)
    return {str(row[0]): int(row[1]) for row in found}


async def count_decided(session: AsyncSession, *, since: datetime) -> list[DecisionsMade]:
    """What was decided from then on, by officer and kind."""
    query = (
        select(col(Decision.officer), col(Request.kind), func.count())
        .join(Request, col(Request.id) == col(Decision.request_id))
        .where(col(Decision.decided_at) >= since)
        .group_by(col(Decision.officer), col(Request.kind))
    )
    return [DecisionsMade(*row) for row in await execute(session, query)]


async def median_minutes(session: AsyncSession, *, since: datetime) -> list[Median]:
    """From when an officer last took a request, or was given it, to their decision.

    Of what was decided from then on; of whatever was decided without being taken, nothing is known.
    """
    taken = (
        select(func.max(RequestEvent.at).label("at"))
        .where(
            col(RequestEvent.request_id) == col(Decision.request_id),
            col(RequestEvent.round) == col(Decision.round),
            col(RequestEvent.what).in_([EventName.CLAIMED, EventName.ASSIGNED]),
            col(RequestEvent.actor) == col(Decision.officer),
            col(RequestEvent.at) <= col(Decision.decided_at),
        )
        .lateral("taken")
    )
    seconds = func.extract("epoch", col(Decision.decided_at) - taken.c.at)
    sets = func.grouping_sets(col(Decision.officer), col(Request.kind))
    query = (
        select(
            col(Decision.officer),
            col(Request.kind),
            func.percentile_cont(0.5).within_group(seconds) / 60,
        )
        .select_from(Decision)
        .join(Request, col(Request.id) == col(Decision.request_id))
        .join(taken, true())
        .where(and_(col(Decision.decided_at) >= since, taken.c.at.is_not(None)))
        .group_by(sets)
    )
    return [
        Median(officer, kind, float(minutes))
        for officer, kind, minutes in await execute(session, query)
    ]
