"""Addresses that get no reminders any more."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, optional_instant
from rules.reminders.suppression import Why

#: The kind of letter that suppressions are about; no other kind can be refused.
REMINDERS = "reminders"


class Suppression(SQLModel, table=True):
    """One reason why an address gets no more letters of one kind, until it is lifted."""

    __tablename__ = "suppressions"
    __table_args__ = (
        known("why", Why, name="a_suppression_has_a_known_reason"),
        Index(
            "an_address_is_suppressed_once_for_a_reason",
            "address",
            "kind",
            "why",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: As `models.reminders.reminders.mailbox_of` writes it.
    address: str
    kind: str = REMINDERS
    why: Why = Field(sa_type=named(Why))
    #: What the mail server said, without addresses.
    server_reply: str | None = None
    #: The letter that it began with.
    reminder_id: UUID | None = Field(default=None, foreign_key="reminders.id")
    since: datetime = instant()
    lifted_at: datetime | None = optional_instant()


async def suppress(
    session: AsyncSession,
    mailbox: str,
    *,
    why: Why,
    now: datetime,
    server_reply: str | None = None,
    reminder_id: UUID | None = None,
) -> bool:
    """No more reminders to this address; whether this reason is new. Other reasons stay.

    Repeated, the first one stands.
    """
    row = Suppression(
        address=mailbox, why=why, since=now, server_reply=server_reply, reminder_id=reminder_id
    )
    added = await session.exec(
        insert(Suppression)
        .values(row.model_dump())
        .on_conflict_do_nothing(
            index_elements=["address", "kind", "why"], index_where=text("lifted_at IS NULL")
        )
        .returning(col(Suppression.id))
    )
    return added.scalar_one_or_none() is not None


async def suppression_of(
    session: AsyncSession, mailbox: str, *, why: Why | None = None
) -> Suppression | None:
    """The first suppression in force for this address, as `mailbox_of` writes it; or for why."""
    query = (
        select(Suppression)
        .where(col(Suppression.address) == mailbox, col(Suppression.lifted_at).is_(None))
        .order_by(col(Suppression.since))
        .limit(1)
    )
    if why is not None:
        query = query.where(col(Suppression.why) == why)
    return (await session.exec(query)).first()


async def reasons_of(session: AsyncSession, mailbox: str) -> list[Why]:
    """All reasons for which this address is suppressed, oldest first."""
    query = (
        select(Suppression.why)
        .where(col(Suppression.address) == mailbox, col(Suppression.lifted_at).is_(None))
        .order_by(col(Suppression.since))
    )
    return [Why(found) for found in (await session.exec(query)).all()]


async def suppressions(session: AsyncSession, *, limit: int) -> list[Suppression]:
    """Those in force, newest first."""
    query = (
        select(Suppression)
        .where(col(Suppression.lifted_at).is_(None))
        .order_by(col(Suppression.since).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def count_suppressions(session: AsyncSession) -> list[tuple[Why, int]]:
    """How many are in force for each reason; one address may have several."""
    query = (
        select(Suppression.why, func.count())
        .where(col(Suppression.lifted_at).is_(None))
        .group_by(col(Suppression.why))
        .order_by(col(Suppression.why))
    )
    return [(Why(why), number) for why, number in (await session.exec(query)).all()]


async def lift(
    session: AsyncSession, mailbox: str, *, now: datetime, why: Why | None = None
) -> list[Why]:
    """Take back all reasons, or this one; returns those that were in force.

    The address gets reminders again once no reason is left.
    """
    query = (
        update(Suppression)
        .where(col(Suppression.address) == mailbox, col(Suppression.lifted_at).is_(None))
        .values(lifted_at=now)
        .returning(col(Suppression.why))
    )
    if why is not None:
        query = query.where(col(Suppression.why) == why)
    return [Why(found) for found in (await session.exec(query)).scalars().all()]
