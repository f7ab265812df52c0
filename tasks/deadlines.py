"""Act on what is due: land decisions, expire, tell of links and late reviews, remind, escalate.

Each function takes the instant it acts at, handles one batch, and is safe to repeat and to run in
two places at once: rows are taken with locks that skip what another pass holds.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.sweeping import sweep as sweep_accounts
from desk.drafts import update as drafts
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.queues.digest import owe_digests
from desk.requests.activation import release_held, remind_of_link, tell_link_expired
from desk.requests.landing import land_in
from desk.requests.officer_emails import queue_escalated, queue_late
from desk.requests.queueing import queue_expired
from desk.requests.review_clock import escalated_if_due_by
from models.database import transaction
from models.deadlines import (
    Deadline,
    decisions_to_land,
    due_by,
    expired_links,
    held,
    late_reviews,
    links_to_remind_of,
    newly_late_reviews,
    overdue,
    take,
    take_all,
)
from models.door import CLOCK, change_status, record, ring
from models.links import ActivationLink
from models.requests import Request
from models.run_states import RunState
from models.runs import Due
from models.setbacks import Work
from rules.requests.events import EventName
from rules.requests.statuses import Status
from tasks.runs.setting_aside import alone, is_away
from traces.work import work

#: How many rows one pass takes of each sort.
BATCH = 100
#: How many decisions land in one transaction.
LANDED_AT_ONCE = 250

Act = Callable[[AsyncSession, Request, ActivationLink | None], Awaitable[None]]


async def act_on_deadlines(*, now: datetime) -> int:
    """Do everything that is due at this instant, up to a batch of each sort; returns how much.

    Each request is acted on in a transaction of its own: one that fails is set aside.
    """
    return (
        await bring_held_into_force(now=now)
        + await expire_overdue(now=now)
        + await tell_expired_links(now=now)
        + await remind_of_links(now=now)
        + await escalate_reviews(now=now)
        + await tell_of_late_reviews(now=now)
        + await destroy_old_drafts(now=now)
        + await sweep_accounts(now=now, limit=BATCH)
        + await owe_digests(now=now, limit=BATCH)
    )


async def land_decisions(*, now: datetime) -> int:
    """Land the officers' decisions that can be taken back no more, whoever made them.

    A set in one transaction, and the next one, until none is due: an officer may have pressed for
    hundreds. What fails, or has failed before, lands by itself, or is set aside.
    """
    landed, what = 0, decisions_to_land(now)
    while True:
        async with transaction() as session:
            found = await due_by(session, what, now=now, limit=LANDED_AT_ONCE)
        ended = await _land(what, found, now=now)
        landed += ended
        if not ended or len(found) < LANDED_AT_ONCE:
            return landed


async def _land(what: Deadline, found: Sequence[Due], *, now: datetime) -> int:
    async def land(session: AsyncSession, request: Request, _: ActivationLink | None) -> None:
        await land_in(session, [request], now=now)

    if not found:
        return 0
    well = [due for due in found if not due.troubled]
    landed, left = 0, [due for due in found if due.troubled]
    try:
        with work("land decisions"):
            async with transaction() as session:
                taken = await take_all(session, what, [due.id for due in well])
                landed = len(await land_in(session, taken, now=now))
    except Exception as fault:
        if is_away(fault):
            raise
        left = list(found)
    return landed + await _each(what, left, land, now=now)


async def destroy_old_drafts(*, now: datetime) -> int:
    """Destroy what people typed, and have not sent in the time for which policy keeps it."""
    return await drafts.sweep(now=now, limit=BATCH)


async def forget_newcomers(*, now: datetime) -> int:
    """Forget those who began to register, and of whom nothing is kept."""
    return await drafts.forget_newcomers(now=now, limit=BATCH)


async def expire_overdue(*, now: datetime) -> int:
    """Close requests that nobody corrected, paid for or activated in time."""

    async def expire(session: AsyncSession, request: Request, _link: ActivationLink | None) -> None:
        applicant = await kind_of(request).applicant_of(session, request)
        await queue_expired(session, request, applicant, now=now)
        await change_status(session, request, Status.EXPIRED, by=CLOCK, now=now)

    return await _act(overdue(now), expire, now=now)


async def bring_held_into_force(*, now: datetime) -> int:
    """Bring into force what was activated, and held until now so that it could be stopped."""

    async def release(session: AsyncSession, request: Request, _: ActivationLink | None) -> None:
        await release_held(session, request, now=now)

    return await _act(held(now), release, now=now)


async def tell_expired_links(*, now: datetime) -> int:
    """Write to those whose activation link expired unused: they can ask for a new one."""

    async def tell(session: AsyncSession, request: Request, link: ActivationLink | None) -> None:
        if link is not None:
            await tell_link_expired(session, request, link, now=now)

    return await _act(expired_links(now), tell, now=now)


async def remind_of_links(*, now: datetime) -> int:
    """Send one new link, so many hours (policy) before the unused one expires.

    One that has expired meanwhile is told of, not reminded of.
    """
    hours = current_policy().activation.reminder_before_hours
    if not hours:
        return 0

    async def remind(session: AsyncSession, request: Request, link: ActivationLink | None) -> None:
        if link is not None:
            await remind_of_link(session, request, link, now=now)

    return await _act(links_to_remind_of(now, timedelta(hours=hours)), remind, now=now)


async def escalate_reviews(*, now: datetime) -> int:
    """Tell operations of reviews that policy calls late: an event, a line of history, a tag."""
    policy = current_policy()

    async def escalate(session: AsyncSession, request: Request, _: ActivationLink | None) -> None:
        request.escalated_at = now
        if policy.officer_emails.escalated:
            # Whoever has it is told once, by the worse of the two.
            request.late_at = request.late_at or now
        if request.run_state == RunState.WAITING:
            # Prefect's UI shows the runs of the last seven days, and a run keeps its day for ever:
            # only a new one, tagged as overdue, is seen there.
            request.run_state = RunState.WANTED
        record(session, request, EventName.REVIEW_ESCALATED, by=CLOCK, now=now)
        await queue_escalated(session, request, now=now)
        await ring(session)

    return await _act(late_reviews(escalated_if_due_by(now, policy)), escalate, now=now)


async def tell_of_late_reviews(*, now: datetime) -> int:
    """Tell officers of what they have in hand and is late; who takes it later sees that it is."""

    async def tell(session: AsyncSession, request: Request, _: ActivationLink | None) -> None:
        request.late_at = now
        await queue_late(session, request, now=now)

    return await _act(newly_late_reviews(now), tell, now=now)


async def _act(what: Deadline, act: Act, *, now: datetime) -> int:
    async with transaction() as session:
        found = await due_by(session, what, now=now, limit=BATCH)
    return await _each(what, found, act, now=now)


async def _each(what: Deadline, found: Sequence[Due], act: Act, *, now: datetime) -> int:
    acted = [
        await alone(due, Work.DEADLINE, partial(_act_on, what, due, act), now=now) for due in found
    ]
    return acted.count(True)


async def _act_on(what: Deadline, due: Due, act: Act) -> bool:
    """Act where it is still due and nobody else is acting on it; whether it did."""
    with work("act on a due date"):
        async with transaction() as session:
            taken = await take(session, what, due.id)
            if taken is None:
                return False
            await act(session, *taken)
            return True
