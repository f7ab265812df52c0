"""Act on what is due: expire, tell of expired links, remind, escalate.

Each function takes the instant it acts at, handles one batch, and is safe to repeat and to run in
two places at once: rows are taken with locks that skip what another pass holds.
"""

from datetime import UTC, datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from desk.activation import remind_of_link, tell_link_expired
from desk.clock import working_days_earlier
from desk.letters import queue_expired
from desk.policy import current_policy
from models.database import transaction
from models.door import CLOCK, change_status, record, ring
from models.links import ActivationLink, LinkPurpose
from models.practitioners import Practitioner
from models.requests import Request
from rules.events import EventName
from rules.statuses import Status
from rules.transitions import WAITS_FOR_APPLICANT

#: How many rows one pass takes of each sort.
BATCH = 100
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def act_on_deadlines(*, now: datetime) -> int:
    """Do everything that is due at this instant, up to a batch of each sort; returns how much."""
    return (
        await expire_overdue(now=now)
        + await tell_expired_links(now=now)
        + await remind_of_links(now=now)
        + await escalate_reviews(now=now)
    )


async def expire_overdue(*, now: datetime) -> int:
    """Close requests that nobody corrected, paid for or activated in time."""
    async with transaction() as session:
        query = select(Request).where(
            col(Request.status).in_(WAITS_FOR_APPLICANT),
            col(Request.closes_at) <= now,
        )
        requests = await _take(session, query)
        for request in requests:
            practitioner = await session.get_one(Practitioner, request.practitioner_id)
            await queue_expired(session, request, practitioner, now=now)
            await change_status(session, request, Status.EXPIRED, by=CLOCK, now=now)
    return len(requests)


async def tell_expired_links(*, now: datetime) -> int:
    """Write to those whose activation link expired unused: they can ask for a new one."""
    async with transaction() as session:
        links = await _take_links(session, told=ActivationLink.expiry_told_at, until=now)
        for link, request in links:
            await tell_link_expired(session, request, link, now=now)
    return len(links)


async def remind_of_links(*, now: datetime) -> int:
    """Send one new link, so many hours (policy) before the unused one expires.

    One that has expired meanwhile is told of, not reminded of.
    """
    hours = current_policy().activation.reminder_before_hours
    if not hours:
        return 0
    async with transaction() as session:
        links = await _take_links(
            session, told=ActivationLink.reminded_at, after=now, until=now + timedelta(hours=hours)
        )
        for link, request in links:
            await remind_of_link(session, request, link, now=now)
    return len(links)


async def escalate_reviews(*, now: datetime) -> int:
    """Tell operations of reviews that policy calls late: an event, a line of history, a tag."""
    policy = current_policy().review
    extra = policy.escalate_after_working_days - policy.due_working_days
    async with transaction() as session:
        query = select(Request).where(
            col(Request.status) == Status.UNDER_REVIEW,
            col(Request.review_due_at) <= working_days_earlier(now, extra),
            col(Request.escalated_at).is_(None),
        )
        requests = await _take(session, query)
        for request in requests:
            request.escalated_at = now
            record(session, request, EventName.REVIEW_ESCALATED, by=CLOCK, now=now)
        if requests:
            await ring(session)
    return len(requests)


async def _take(session: AsyncSession, query: SelectOfScalar[Request]) -> list[Request]:
    return list((await session.exec(query.limit(BATCH).with_for_update(skip_locked=True))).all())


async def _take_links(
    session: AsyncSession,
    *,
    told: datetime | None,
    until: datetime,
    after: datetime = _LONG_AGO,
) -> list[tuple[ActivationLink, Request]]:
    """Live, unused links that expire in this time, with their waiting requests locked.

    ``told`` is the column that says whether it has been written about.
    """
    query = (
        select(ActivationLink, Request)
        .join(Request, col(Request.id) == col(ActivationLink.request_id))
        .where(
            col(ActivationLink.purpose) == LinkPurpose.ACTIVATE,
            col(ActivationLink.used_at).is_(None),
            col(ActivationLink.superseded_at).is_(None),
            col(told).is_(None),
            col(ActivationLink.expires_at) > after,
            col(ActivationLink.expires_at) <= until,
            col(Request.status) == Status.AWAITING_ACTIVATION,
        )
        .limit(BATCH)
        .with_for_update(of=Request, skip_locked=True)
    )
    return list((await session.exec(query)).all())
