"""When what should happen again and again happened last: so that it is seen to have stopped."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from rules.policy.thresholds import Topic


class Recurring(StrEnum):
    """What should happen again and again."""

    #: A pass over what is due: every few seconds while a worker or a caretaker runs.
    SWEEP = "sweep"
    #: A whole run of reminders about cards: every working day.
    CARD_REMINDERS = "card_reminders"
    #: A whole run of reminders about profiles: every working day.
    PROFILE_REMINDERS = "profile_reminders"
    #: A whole run that destroys the documents whose end has come: every hour.
    DOCUMENT_RETENTION = "document_retention"
    #: A look for files without a row in the documents' store: every hour.
    ORPHANED_FILES = "orphaned_files"
    #: A whole run that removes what is not kept any longer: every night.
    RETENTION = "retention"

    @classmethod
    def reminders_of(cls, topic: Topic) -> "Recurring":
        """The runs of reminders on this topic."""
        return cls.CARD_REMINDERS if topic is Topic.CARD else cls.PROFILE_REMINDERS


class LastTime(SQLModel, table=True):
    """The last time of one of them, by the database's clock."""

    __tablename__ = "last_times"
    __table_args__ = (known("what", Recurring, name="what_recurs_is_known"),)

    what: Recurring = Field(primary_key=True, sa_type=named(Recurring))
    at: datetime = instant()
    #: How long it took, where whoever did it has measured that.
    seconds: float | None = None


async def note_time(
    session: AsyncSession, what: Recurring, *, seconds: float | None = None
) -> None:
    """It happened now, and took so long."""
    values = {"at": func.clock_timestamp(), "seconds": seconds}
    await session.exec(
        insert(LastTime)
        .values(what=what, **values)
        .on_conflict_do_update(index_elements=["what"], set_=values)
    )


async def take_turn(session: AsyncSession, what: Recurring, *, every: timedelta) -> bool:
    """Whether it is due, and the caller's to do: of several at once one hears yes.

    Noted when it begins, so that what breaks is tried again after as long.
    """
    now = func.clock_timestamp()
    taken = await session.exec(
        insert(LastTime)
        .values(what=what, at=now)
        .on_conflict_do_update(
            index_elements=["what"], set_={"at": now}, where=col(LastTime.at) <= now - every
        )
        .returning(col(LastTime.what))
    )
    return taken.first() is not None


async def last_times(session: AsyncSession) -> dict[Recurring, datetime]:
    """The last time of each; what never happened is not in it."""
    rows = (await session.exec(select(LastTime))).all()
    return {row.what: row.at for row in rows}


async def last_seconds(session: AsyncSession, what: Recurring) -> float | None:
    """How long it took the last time; None where that is not known."""
    query = select(LastTime.seconds).where(col(LastTime.what) == what)
    return (await session.exec(query)).one_or_none()
