"""How many requests stand where, and which of them wait for something that does not come."""

from datetime import date, datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import holder_is_not_at_the_desk
from models.payments import Bill
from models.requests import Request
from models.run_states import RunState
from rules.requests.statuses import Status


async def count_requests(session: AsyncSession) -> list[tuple[str, str, int]]:
    """How many requests there are of each kind in each status; none is not listed."""
    query = select(Request.kind, Request.status, func.count()).group_by(
        col(Request.kind), col(Request.status)
    )
    return list((await session.exec(query)).all())


async def requests_without_run(session: AsyncSession, *, since: datetime, limit: int) -> list[str]:
    """The tracking codes of requests that have waited for a run since then, oldest first."""
    waited_since = func.coalesce(col(Request.run_checked_at), col(Request.submitted_at))
    query = (
        select(Request.tracking_code)
        .where(col(Request.run_state) == RunState.WANTED, waited_since < since)
        .order_by(col(Request.submitted_at))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def requests_without_bill(session: AsyncSession, *, limit: int) -> list[str]:
    """The tracking codes of requests that wait for the amount of their bill, oldest first."""
    query = (
        select(Request.tracking_code)
        .join(Bill, col(Bill.request_id) == col(Request.id), isouter=True)
        .where(col(Request.status) == Status.AWAITING_PAYMENT, col(Bill.id).is_(None))
        .order_by(col(Request.status_since))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def idle_claims(session: AsyncSession, today: date, *, limit: int) -> list[tuple[str, str]]:
    """What officers hold who have left or are away: tracking code and user name, oldest first."""
    query = (
        select(Request.tracking_code, Request.claimed_by)
        .where(col(Request.status) == Status.UNDER_REVIEW, holder_is_not_at_the_desk(today))
        .order_by(col(Request.claimed_at))
        .limit(limit)
    )
    return [(code, str(officer)) for code, officer in (await session.exec(query)).all()]
