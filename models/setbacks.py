"""What the sweep could not do for one request: set aside, counted, and tried again later.

A row stands for as long as the trouble lasts, so that one bad request never holds up the others
and somebody can see it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, delete, or_, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from models.requests import Request


class Work(StrEnum):
    """What the sweep does for a request, each on its own."""

    #: Make, wake, restart or settle its run.
    RUN = "run"
    #: Withdraw it, because operations cancelled its run.
    CANCELLATION = "cancellation"
    #: Show in Prefect what happened to it.
    NEWS = "news"
    #: Expire it, remind of its link, call its review late.
    DEADLINE = "deadline"


#: The first pause before it is tried again; each further one is twice as long.
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=5)
_DOUBLINGS = 6  # 5 s, doubled as often, is more than the longest pause
_MOST_TRIES = 1_000_000


class Setback(SQLModel, table=True):
    """One sort of work that fails for one request."""

    __tablename__ = "setbacks"
    __table_args__ = (known("work", Work, name="a_setback_is_of_known_work"),)

    #: No foreign key: writing it would wait for whoever holds the request's row, which may be why
    #: the request is set aside.
    request_id: UUID = Field(primary_key=True)
    work: Work = Field(primary_key=True, sa_type=named(Work))
    #: A code: see `tasks.runs.setting_aside`.
    reason: str
    #: What sort of error and where, for whoever mends it; never its text.
    detail: str | None = None
    since: datetime = instant()
    tries: int = 1
    retry_at: datetime = instant()


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failures in a row: 5 s, doubled up to five minutes."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, _DOUBLINGS)), LONGEST_PAUSE)


async def note_setback(
    session: AsyncSession,
    request_id: UUID,
    work: Work,
    *,
    reason: str,
    detail: str | None,
    now: datetime,
) -> int:
    """Count a failure and put the work off; returns how many there were in a row."""
    known = await session.get(Setback, (request_id, work))
    tries = 1 if known is None else min(known.tries + 1, _MOST_TRIES)
    values: dict[str, Any] = {
        "reason": reason,
        "detail": detail,
        "tries": tries,
        "retry_at": now + pause_after(tries),
    }
    first = insert(Setback).values(request_id=request_id, work=work, since=now, **values)
    await session.exec(
        first.on_conflict_do_update(index_elements=["request_id", "work"], set_=values)
    )
    return tries


async def clear_setback(session: AsyncSession, request_id: UUID, work: Work) -> None:
    """The work was done; repeated, nothing changes."""
    await session.exec(
        delete(Setback).where(col(Setback.request_id) == request_id, col(Setback.work) == work)
    )


async def forget_setbacks(session: AsyncSession, *, untried_since: datetime) -> None:
    """Drop those that were to be tried again and were not: the request has gone on by itself."""
    await session.exec(delete(Setback).where(col(Setback.retry_at) < untried_since))


def setback_of(work: Work) -> ColumnElement[bool]:
    """Joins a request with its setback in this work, if it has one."""
    return and_(col(Setback.request_id) == col(Request.id), col(Setback.work) == work)


def not_put_off(now: datetime) -> ColumnElement[bool]:
    """Whether the joined setback, if there is one, lets the work be tried at this instant."""
    return or_(col(Setback.retry_at).is_(None), col(Setback.retry_at) <= now)


async def setbacks(session: AsyncSession, *, tries: int) -> list[tuple[Setback, str, str]]:
    """Setbacks of at least so many failures, longest first, with their request's code and status.

    The status is read as text: it may be one that this version does not know.
    """
    query = (
        select(Setback, Request.tracking_code, type_coerce(col(Request.status), Text))
        .join(Request, col(Request.id) == col(Setback.request_id))
        .where(col(Setback.tries) >= tries)
        .order_by(col(Setback.since), col(Request.tracking_code), col(Setback.work))
    )
    return [(found, code, str(status)) for found, code, status in await session.exec(query)]
