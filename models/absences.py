"""When officers are away from the desk. What they hold on such a day keeps nobody away."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, exists, func, or_, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from models.officers import Officer
from models.requests import Request
from rules.requests.absences import DaysAway
from rules.values.dates import riyadh_day


class Absence(SQLModel, table=True):
    """Days on which an officer is away; its row stays as a record."""

    __tablename__ = "absences"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="an_absence_has_a_day"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name="somebody_calls_an_absence_off"
        ),
        Index(
            "absences_that_count", "officer", "last_day", postgresql_where=text("ended_at IS NULL")
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    officer: str = Field(foreign_key="officers.user_name")
    #: In Riyadh; both days are days of absence.
    first_day: date
    last_day: date
    said_by: str = Field(foreign_key="officers.user_name")
    said_at: datetime = instant()
    #: When it was called off, or the officer was back before its last day.
    ended_at: datetime | None = optional_instant()
    ended_by: str | None = Field(default=None, foreign_key="officers.user_name")

    @property
    def days(self) -> DaysAway:
        """Its days."""
        return DaysAway(self.first_day, self.last_day)


async def absences_ahead(session: AsyncSession, officer: str, day: date) -> list[Absence]:
    """The officer's absences that count and are not over on that day, the earliest first."""
    query = (
        select(Absence)
        .where(
            col(Absence.officer) == officer,
            col(Absence.last_day) >= day,
            col(Absence.ended_at).is_(None),
        )
        .order_by(col(Absence.first_day))
    )
    return list((await session.exec(query)).all())


async def absences_of_all(session: AsyncSession, day: date, *, limit: int) -> list[Absence]:
    """The absences of all officers that count and are not over on that day, the earliest first."""
    query = (
        select(Absence)
        .where(col(Absence.last_day) >= day, col(Absence.ended_at).is_(None))
        .order_by(col(Absence.first_day), col(Absence.officer))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def not_at_the_desk(
    session: AsyncSession, officers: Collection[str], day: date
) -> frozenset[str]:
    """Which of these officers have left, or are away on that day."""
    if not officers:
        return frozenset()
    query = select(Officer.user_name).where(
        col(Officer.user_name).in_(officers), or_(col(Officer.active).is_(False), is_away(day))
    )
    return frozenset((await session.exec(query)).all())


def claim_counts(now: datetime) -> ColumnElement[bool]:
    """That somebody works on the request: they are at the desk, and their claim has not run out."""
    lasts = func.coalesce(col(Request.claim_until) > now, False)
    is_at_the_desk = exists().where(
        col(Officer.user_name) == col(Request.claimed_by),
        col(Officer.active),
        ~is_away(riyadh_day(now)),
    )
    return and_(lasts, is_at_the_desk)


def holder_is_not_at_the_desk(day: date) -> ColumnElement[bool]:
    """That somebody has claimed the request who has left, or is away on that day."""
    return exists().where(
        col(Officer.user_name) == col(Request.claimed_by),
        or_(col(Officer.active).is_(False), is_away(day)),
    )


def is_away(day: date) -> ColumnElement[bool]:
    """That the officer of the row is away on that day."""
    return exists().where(
        col(Absence.officer) == col(Officer.user_name),
        col(Absence.ended_at).is_(None),
        col(Absence.first_day) <= day,
        col(Absence.last_day) >= day,
    )
