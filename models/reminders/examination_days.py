"""By which thresholds the days of examination were set, and how to set all of them anew."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Column, TextClause, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import AutoString, Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import EXAMINE_NOW
from models.statements import execute
from rules.policy.thresholds import Thresholds, Topic

_FORGET: Mapping[Topic, TextClause] = {
    Topic.CARD: text("""
UPDATE cards SET examine_on = :now FROM (
    SELECT id FROM cards WHERE id > :after AND examine_on > :now
    ORDER BY id LIMIT :limit FOR NO KEY UPDATE
) AS these
WHERE cards.id = these.id
RETURNING cards.id
"""),
    Topic.PROFILE: text("""
UPDATE practitioners SET examine_on = :now FROM (
    SELECT id FROM practitioners WHERE id > :after AND examine_on > :now
    ORDER BY id LIMIT :limit FOR NO KEY UPDATE
) AS these
WHERE practitioners.id = these.id
RETURNING practitioners.id
"""),
}


class ExaminationDays(SQLModel, table=True):
    """By which thresholds, and for which day, the days of examination of one topic were set."""

    __tablename__ = "examination_days"

    #: A `rules.policy.thresholds.Topic`.
    topic: str = Field(sa_column=Column("about", AutoString, primary_key=True))
    #: As `said` writes them.
    thresholds: str
    #: The latest day that a run was planned for.
    planned_on: date

    def are_of(self, thresholds: Thresholds) -> bool:
        """Whether the days were set by these thresholds."""
        return self.thresholds == said(thresholds)

    def hold(self, thresholds: Thresholds, day: date) -> bool:
        """Whether a run on this day can trust them: if not, it looks at everything."""
        return self.are_of(thresholds) and self.planned_on <= day


async def set_by(session: AsyncSession, topic: Topic) -> ExaminationDays | None:
    """By what the days of examination were set; None before the first run."""
    return await session.get(ExaminationDays, topic)


async def say_set_by(
    session: AsyncSession, topic: Topic, thresholds: Thresholds, *, day: date
) -> None:
    """From now on they are set by these, as they were on this day."""
    words = said(thresholds)
    await session.exec(
        insert(ExaminationDays)
        .values(topic=topic, thresholds=words, planned_on=day)
        .on_conflict_do_update(
            index_elements=["about"], set_={"thresholds": words, "planned_on": day}
        )
    )


async def forget_days(
    session: AsyncSession, topic: Topic, *, after: UUID, limit: int
) -> UUID | None:
    """Let the next rows be examined again, whatever day they wait for; the last one's id."""
    bounds = {"now": EXAMINE_NOW, "after": after, "limit": limit}
    return max((await execute(session, _FORGET[topic], bounds)).scalars(), default=None)


def said(thresholds: Thresholds) -> str:
    """The thresholds as they are kept."""
    days = " ".join(map(str, thresholds.days_left))
    return days if thresholds.last_day_left is None else f"{days} until {thresholds.last_day_left}"
