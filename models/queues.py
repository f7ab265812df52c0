"""The queues of the review desk in SQL: one predicate for the count, the list and *Next*.

`rules.requests.queues` says the same of one request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, exists, func, literal, not_, or_, tuple_
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import claim_counts, holder_is_not_at_the_desk
from models.officers import Officer
from models.requests import Decision, Request
from models.review_desk import PassedOn, PutAside
from models.waiting_decisions import waiting_decision_of, waits_on_request
from rules.requests.queues import Queue
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict

#: Nobody reads the number of what nobody can do in a week.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class PageEnd:
    """Where a page of a queue ends: the next one begins behind it."""

    due_at: datetime
    request_id: UUID


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What of a queue is wanted; None for all of it."""

    kind: Kind | None = None
    #: A code of why a person is needed.
    reason: str | None = None
    #: Due by then.
    due_by: datetime | None = None
    #: Due after then.
    due_after: datetime | None = None
    #: This officer works on it.
    held_by: str | None = None


ALL_OF_IT = Narrowed()


async def count_queues(
    session: AsyncSession, officer: str, narrowed: Narrowed, *, now: datetime
) -> Mapping[Queue, int]:
    """How many requests are in each queue of this officer; `MOST_COUNTED` + 1 for any more.

    So a desk with a hundred thousand cases is counted as quickly as one with a thousand.
    """
    some = [
        select(Request.id)
        .where(*_wanted(narrowed, now), _in(queue, officer, now))
        .limit(MOST_COUNTED + 1)
        .subquery()
        for queue in Queue
    ]
    counts = [select_columns(func.count()).select_from(each).scalar_subquery() for each in some]
    row = (await (await session.connection()).execute(select_columns(*counts))).one()
    return dict(zip(Queue, row, strict=True))


async def page_of_queue(
    session: AsyncSession,
    queue: Queue,
    officer: str,
    narrowed: Narrowed,
    *,
    now: datetime,
    limit: int,
    after: PageEnd | None = None,
) -> list[Request]:
    """The queue's requests, most urgent first, those behind ``after``."""
    query = (
        select(Request)
        .where(*_wanted(narrowed, now), _in(queue, officer, now))
        .order_by(col(Request.review_due_at), col(Request.id))
        .limit(limit)
    )
    if after is not None:
        behind = tuple_(col(Request.review_due_at), col(Request.id))
        query = query.where(behind > tuple_(literal(after.due_at), literal(after.request_id)))
    return list((await session.exec(query)).all())


async def officers_at_work(session: AsyncSession, *, now: datetime) -> list[str]:
    """Who works on some request, by user name."""
    query = (
        select(Request.claimed_by)
        .where(col(Request.status) == Status.UNDER_REVIEW, claim_counts(now))
        .order_by(col(Request.claimed_by))
        .distinct()
    )
    return [name for name in (await session.exec(query)).all() if name is not None]


async def requests_at_the_gate(session: AsyncSession) -> list[Request]:
    """What waits at the gate, most urgent first."""
    query = (
        select(Request)
        .where(col(Request.status) == Status.UNDER_REVIEW)
        .order_by(col(Request.review_due_at), col(Request.tracking_code))
    )
    return list((await session.exec(query)).all())


async def claimed_since(
    session: AsyncSession, officer: Officer, instant: datetime, *, now: datetime
) -> str | None:
    """The tracking code of what this officer was given first after that, and still works on."""
    query = (
        select(Request.tracking_code)
        .where(
            *_wanted(ALL_OF_IT, now),
            _in(Queue.MINE, officer.user_name, now),
            col(Request.claimed_at) > instant,
        )
        .order_by(col(Request.claimed_at))
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()


async def lock_next(
    session: AsyncSession,
    officer: Officer,
    narrowed: Narrowed,
    *,
    now: datetime,
    today: date,
    queue: Queue = Queue.ALL,
) -> Request | None:
    """The most urgent request that may be given to this officer, locked; None where there is none.

    It is one of the queue, as `page_of_queue` lists it. Those that somebody else locks in the same
    moment are passed over: of fifty who ask at a time each gets another one.
    """
    query = (
        select(Request)
        .where(
            *_wanted(narrowed, now),
            _in(queue, officer.user_name, now),
            *_may_be_given(officer, now=now, today=today),
        )
        .order_by(col(Request.review_due_at), col(Request.id))
        .limit(1)
        .with_for_update(of=Request, skip_locked=True)
    )
    while (found := (await session.exec(query)).one_or_none()) is not None:
        # The statement saw what was so when it began: somebody may have decided before it locked.
        if await waiting_decision_of(session, found.id) is None:
            return found
    return None


async def likely_clean(
    session: AsyncSession,
    queue: Queue,
    officer: Officer,
    narrowed: Narrowed,
    *,
    now: datetime,
    today: date,
    limit: int,
) -> list[Request]:
    """The queue's requests that `rules.requests.bulk_approval` may call clean, most urgent first.

    It asks more than is asked here; whatever it calls clean is among them.
    """
    warnings = func.coalesce(col(Request.normalised)["warnings"], cast([], JSONB))
    query = (
        select(Request)
        .where(
            *_wanted(narrowed, now),
            _in(queue, officer.user_name, now),
            *_open_to(officer, now=now, today=today),
            or_(not_(claim_counts(now)), col(Request.claimed_by) == officer.user_name),
            col(Request.approvals_needed) <= 1,
            col(Request.round) == 1,
            func.jsonb_array_length(warnings) == 0,
        )
        .order_by(col(Request.review_due_at), col(Request.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def lock_claims_of(session: AsyncSession, officer: str) -> list[Request]:
    """The requests under review that bear this officer's claim, locked in one order."""
    query = (
        select(Request)
        .where(col(Request.status) == Status.UNDER_REVIEW, col(Request.claimed_by) == officer)
        .order_by(col(Request.id))
        .with_for_update(of=Request)
    )
    return list((await session.exec(query)).all())


async def lock_claims_of_absent(session: AsyncSession, today: date) -> list[Request]:
    """The requests under review that officers hold who have left or are away today, as above."""
    query = (
        select(Request)
        .where(col(Request.status) == Status.UNDER_REVIEW, holder_is_not_at_the_desk(today))
        .order_by(col(Request.id))
        .with_for_update(of=Request)
    )
    return list((await session.exec(query)).all())


def _wanted(narrowed: Narrowed, now: datetime) -> list[ColumnElement[bool]]:
    found = [col(Request.status) == Status.UNDER_REVIEW, not_(waits_on_request())]
    if narrowed.kind is not None:
        found.append(col(Request.kind) == narrowed.kind)
    if narrowed.reason is not None:
        found.append(col(Request.review_reasons).contains([narrowed.reason]))
    if narrowed.due_by is not None:
        found.append(col(Request.review_due_at) <= narrowed.due_by)
    if narrowed.due_after is not None:
        found.append(col(Request.review_due_at) > narrowed.due_after)
    if narrowed.held_by is not None:
        found += [col(Request.claimed_by) == narrowed.held_by, claim_counts(now)]
    return found


def _in(queue: Queue, officer: str, now: datetime) -> ColumnElement[bool]:
    is_aside, is_claimed, is_approved = _put_aside(now), claim_counts(now), _approved()
    free = and_(not_(is_aside), not_(is_claimed))
    return {
        Queue.MINE: and_(not_(is_aside), is_claimed, col(Request.claimed_by) == officer),
        Queue.TO_TAKE: and_(free, not_(is_approved)),
        Queue.SECOND_OFFICER: and_(free, is_approved),
        Queue.HELD: is_aside,
        Queue.LATE: col(Request.review_due_at) <= now,
        Queue.ALL: col(Request.status) == Status.UNDER_REVIEW,
    }[queue]


def _may_be_given(officer: Officer, *, now: datetime, today: date) -> list[ColumnElement[bool]]:
    return [not_(claim_counts(now)), *_open_to(officer, now=now, today=today)]


def _open_to(officer: Officer, *, now: datetime, today: date) -> list[ColumnElement[bool]]:
    """What keeps a request from nobody but this officer, beside a colleague's claim."""
    passed_on = exists().where(
        col(PassedOn.request_id) == col(Request.id),
        col(PassedOn.officer) == officer.user_name,
        col(PassedOn.day) == today,
    )
    found = [
        not_(_put_aside(now)),
        not_(_approved(by=officer.user_name)),
        not_(passed_on),
    ]
    if officer.practitioner_id is not None:
        own = col(Request.practitioner_id)
        found.append(or_(own.is_(None), own != officer.practitioner_id))
    return found


def _put_aside(now: datetime, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        col(PutAside.request_id) == col(Request.id),
        col(PutAside.round) == col(Request.round),
        col(PutAside.ended_at).is_(None),
        col(PutAside.until) > now,
        *more,
    )


def held_by(officer: Mapped[str | None], now: datetime) -> ColumnElement[bool]:
    """Whether this officer has the request in hand: put it aside, or works on it."""
    aside_by = _put_aside(now, col(PutAside.officer) == officer)
    works_on = and_(not_(_put_aside(now)), claim_counts(now), col(Request.claimed_by) == officer)
    return and_(col(Request.status) == Status.UNDER_REVIEW, or_(aside_by, works_on))


def _approved(*, by: str | None = None) -> ColumnElement[bool]:
    found = [
        col(Decision.request_id) == col(Request.id),
        col(Decision.round) == col(Request.round),
        col(Decision.verdict) == Verdict.APPROVE,
    ]
    if by is not None:
        found.append(col(Decision.officer) == by)
    # Only where several are needed can one have approved, and it still be here.
    return and_(col(Request.approvals_needed) > 1, exists().where(*found))
