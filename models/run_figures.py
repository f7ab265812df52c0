"""Which runs do not come on, and how far what Prefect shows lies behind what has happened."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, not_, or_, text
from sqlmodel import case, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request, RequestEvent
from models.run_indexes import IN_MOTION
from models.run_states import RunState
from models.setbacks import Setback
from models.statements import execute
from rules.requests.transitions import PIPELINE_S


class Delayed(NamedTuple):
    """Requests that have waited for us longer than they should."""

    number: int
    #: Since when the oldest of them has, and its tracking code.
    since: datetime | None
    oldest: str | None


class PrefectWindow(NamedTuple):
    """How far Prefect's window trails the truth."""

    #: Requests that have moved since Prefect was told of them.
    requests: int
    #: When the oldest of what it has not been told of happened; None where it knows everything.
    since: datetime | None
    #: When it was told of the newest thing that it knows of; None where it knows of nothing.
    told_at: datetime | None


async def unanswered_bells(session: AsyncSession, *, before: datetime) -> Delayed:
    """Requests that were moved before then, or whose time had come, and whose run still waits."""
    moved = col(Request.waits_in) != col(Request.status)
    since = case((moved, col(Request.status_since)), else_=col(Request.wake_at))
    waiting = col(Request.run_state).in_([RunState.SUSPENDING, RunState.WAITING])
    is_due = or_(moved, col(Request.wake_at) < before)
    return await _waits(session, since, and_(waiting, is_due, since < before))


async def runs_without_progress(session: AsyncSession, *, before: datetime) -> Delayed:
    """Requests whose run was made or woken before then, and has not come to its next wait or end.

    Those that wait for their first run, and those that are set aside, are named elsewhere.
    """
    since = case(
        (col(Request.status).in_(PIPELINE_S), col(Request.status_since)),
        else_=col(Request.run_checked_at),
    )
    is_ours = or_(
        col(Request.status).in_(PIPELINE_S),
        col(Request.run_state).in_([RunState.STARTED, RunState.BROKEN, RunState.ENDED]),
    )
    is_set_aside = exists().where(col(Setback.request_id) == col(Request.id))
    has_run = col(Request.run_state) != RunState.WANTED
    return await _waits(session, since, and_(is_ours, has_run, not_(is_set_aside), since < before))


async def prefect_window(session: AsyncSession, *, before: datetime) -> PrefectWindow:
    """What happened before then and Prefect was not told of; what is over for good is left out."""
    behind = (
        select(func.count(func.distinct(col(Request.id))), func.min(RequestEvent.at))
        .join(Request, col(Request.id) == col(RequestEvent.request_id))
        .where(
            col(RequestEvent.announced_at).is_(None),
            col(RequestEvent.at) < before,
            col(Request.run_state) != RunState.SETTLED,
        )
    )
    told = (
        select(RequestEvent.announced_at)
        .where(col(RequestEvent.announced_at).is_not(None))
        .order_by(col(RequestEvent.id).desc())
        .limit(1)
    )
    number, since = (await session.exec(behind)).one()
    return PrefectWindow(number, since, (await session.exec(told)).first())


async def _waits(
    session: AsyncSession, since: ColumnElement[datetime | None], of: ColumnElement[bool]
) -> Delayed:
    query = (
        select(func.count().over(), since, Request.tracking_code)
        .where(text(IN_MOTION), of)
        .order_by(since)
        .limit(1)
    )
    found = (await execute(session, query)).first()
    return Delayed(*found) if found is not None else Delayed(0, None, None)
