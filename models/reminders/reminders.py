"""Reminders: one row for each person, topic and threshold, which is also the letter's outbox."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import CheckConstraint, Column, Index, Integer, UniqueConstraint, text
from sqlalchemy import select as sa_select
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from models.practitioners import Practitioner
from models.statements import execute
from rules.policy.thresholds import Topic
from rules.reminders.decision import ReminderStatus


class Reminder(SQLModel, table=True):
    """What became of one threshold of a card or profile; only a deferred one is decided again."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint(
            "practitioner_id",
            "about",
            "anchor",
            "threshold",
            "copy",
            name="a_threshold_is_reminded_once",
        ),
        known("about", Topic, name="a_reminder_is_about_something_known"),
        known("status", ReminderStatus, name="a_reminder_has_a_known_status"),
        CheckConstraint(
            "(status IN ('queued', 'sent')) = (reason IS NULL)",
            name="what_is_not_sent_has_a_reason",
        ),
        Index(
            "reminders_to_send",
            "next_attempt_at",
            "id",
            postgresql_where=text("status = 'queued'"),
        ),
        CheckConstraint("(undone_at IS NOT NULL) = (copy > 0)", name="what_is_undone_is_a_copy"),
        Index("reminders_by_day", "examined_on", "address"),
    )

    #: `reminder_id`; the letter's Message-ID is made of it.
    id: UUID = Field(primary_key=True)
    practitioner_id: UUID = Field(foreign_key="practitioners.id")
    topic: Topic = Field(sa_column=Column("about", named(Topic), nullable=False))
    #: The day that the threshold counts from, as it was when it was examined: the card's last valid
    #: day, or the day of the last confirmation.
    anchor: date
    #: Days left until the anchor at which it became due; below 0 after it.
    threshold: int
    #: 0 for the one that counts. Above 0 are letters that an operator has undone, oldest first;
    #: below 0 is the e-mail that corrects the one of the same number.
    copy_: int = Field(
        default=0, sa_column=Column("copy", Integer, nullable=False, server_default="0")
    )
    undone_at: datetime | None = optional_instant()
    status: ReminderStatus = Field(default=ReminderStatus.QUEUED, sa_type=named(ReminderStatus))
    #: A `rules.reminders.decision.NotSent`, wherever the letter did not leave.
    reason: str | None = None
    #: The folder under ``templates/emails/``, where a letter was planned.
    letter: str | None = None
    #: Where it goes, as `mailbox_of` writes it.
    address: str | None = None
    #: The day of the run that decided it.
    examined_on: date
    #: The run that decided it: a Prefect run's id, or a word such as ``command``.
    run: str
    #: When it was decided; the letter's date.
    created_at: datetime = instant()
    #: When it may be sent.
    next_attempt_at: datetime = instant()
    #: Attempts that have ended.
    attempts: int = 0
    #: Who sends it, and by the database's clock until when.
    held_by: UUID | None = None
    held_until: datetime | None = optional_instant()
    #: Whether it waits because we or our mail server must mend something.
    waits_for_us: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    server_reply: str | None = None
    settled_at: datetime | None = optional_instant()


def reminder_id(
    practitioner_id: UUID, topic: Topic, anchor: date, threshold: int, *, after: int = 0
) -> UUID:
    """The same for the same person, topic, anchor and threshold, whoever asks and whenever.

    ``after`` is how many letters of it were undone: the next one is another message, which mail
    programs would drop under the first one's Message-ID. Below 0 it is that of a correction.
    """
    name = f"mumaris:reminder:{practitioner_id}:{topic}:{anchor}:{threshold}"
    return uuid5(NAMESPACE_URL, f"{name}:{after}" if after else name)


async def reminders_of(session: AsyncSession, practitioner_id: UUID) -> list[Reminder]:
    """The person's reminders: about the card, then about the profile, each oldest first."""
    query = (
        select(Reminder)
        .where(col(Reminder.practitioner_id) == practitioner_id)
        .order_by(col(Reminder.topic), col(Reminder.anchor), col(Reminder.threshold).desc())
    )
    return list((await session.exec(query)).all())


async def count_by_threshold(
    session: AsyncSession, topic: Topic, day: date
) -> list[tuple[int, str, str | None, int]]:
    """How many reminders that this day's runs decided stand where: threshold, status, reason."""
    query = (
        select(Reminder.threshold, Reminder.status, Reminder.reason, func.count())
        .where(
            col(Reminder.examined_on) == day,
            col(Reminder.topic) == topic,
            col(Reminder.copy_) == 0,
        )
        .group_by(col(Reminder.threshold), col(Reminder.status), col(Reminder.reason))
        .order_by(col(Reminder.threshold).desc(), col(Reminder.status), col(Reminder.reason))
    )
    return list((await session.exec(query)).all())


async def count_planned(session: AsyncSession, topic: Topic, day: date) -> int:
    """How many letters this day's runs have planned, sent or not."""
    query = (
        select(func.count())
        .select_from(Reminder)
        .where(
            col(Reminder.examined_on) == day,
            col(Reminder.topic) == topic,
            col(Reminder.letter).is_not(None),
            col(Reminder.copy_) == 0,
        )
    )
    return (await session.exec(query)).one()


async def count_of_run(session: AsyncSession, run: str, *, since: date) -> dict[str, int]:
    """How many reminders that this run has decided, since that day, stand where."""
    query = (
        select(Reminder.status, func.count())
        .where(col(Reminder.examined_on) >= since, col(Reminder.run) == run)
        .group_by(col(Reminder.status))
    )
    return dict((await session.exec(query)).all())


async def count_queued(session: AsyncSession) -> int:
    """How many letters wait to be sent, whichever day planned them."""
    query = (
        select(func.count())
        .select_from(Reminder)
        .where(col(Reminder.status) == ReminderStatus.QUEUED)
    )
    return (await session.exec(query)).one()


class Backlog(NamedTuple):
    """The letters of one threshold that wait to be sent."""

    topic: str
    threshold: int
    letters: int
    #: The most that any of them has had.
    attempts: int
    oldest: datetime
    next_attempt_at: datetime


async def backlog(session: AsyncSession) -> list[Backlog]:
    """The letters that wait, by topic and threshold."""
    query = (
        sa_select(
            col(Reminder.topic),
            col(Reminder.threshold),
            func.count(),
            func.max(col(Reminder.attempts)),
            func.min(col(Reminder.created_at)),
            func.min(col(Reminder.next_attempt_at)),
        )
        .where(col(Reminder.status) == ReminderStatus.QUEUED)
        .group_by(col(Reminder.topic), col(Reminder.threshold))
        .order_by(col(Reminder.topic), col(Reminder.threshold).desc())
    )
    return [Backlog(*row) for row in await execute(session, query)]


async def find_reminders(
    session: AsyncSession, *, status: ReminderStatus | None, limit: int
) -> list[tuple[Reminder, str]]:
    """The reminders that were letters, with their people's registration numbers, newest first."""
    query = (
        select(Reminder, col(Practitioner.registration_number))
        .join(Practitioner, col(Practitioner.id) == col(Reminder.practitioner_id))
        .where(col(Reminder.letter).is_not(None))
        .order_by(col(Reminder.created_at).desc(), col(Reminder.id))
        .limit(limit)
    )
    if status is not None:
        query = query.where(col(Reminder.status) == status)
    return list((await session.exec(query)).all())
