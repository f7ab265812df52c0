"""Addresses that get no reminders any more."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant

#: The kind of letter that suppressions are about; no other kind can be refused.
REMINDERS = "reminders"


class Why(StrEnum):
    """Why an address gets no more letters of a kind."""

    #: Whoever reads it asked for no more.
    UNSUBSCRIBED = "unsubscribed"
    #: A mail server refused it for good, at once or by a later report.
    BOUNCED = "bounced"


class Suppression(SQLModel, table=True):
    """One address that gets no more letters of one kind, until this is lifted."""

    __tablename__ = "suppressions"
    __table_args__ = (
        Index(
            "an_address_is_suppressed_once",
            "address",
            "kind",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: As `models.reminders.address_key` writes it.
    address: str
    kind: str = REMINDERS
    why: str
    #: What the mail server said, without addresses.
    server_reply: str | None = None
    #: The letter that it began with.
    reminder_id: UUID | None = Field(default=None, foreign_key="reminders.id")
    since: datetime = instant()
    lifted_at: datetime | None = optional_instant()


async def suppress(
    session: AsyncSession,
    address: str,
    *,
    why: Why,
    now: datetime,
    server_reply: str | None = None,
    reminder_id: UUID | None = None,
) -> bool:
    """No more reminders to this address; whether that is new. Repeated, the first one stands."""
    row = Suppression(
        address=address, why=why, since=now, server_reply=server_reply, reminder_id=reminder_id
    )
    added = await session.exec(
        insert(Suppression)
        .values(row.model_dump())
        .on_conflict_do_nothing(
            index_elements=["address", "kind"], index_where=text("lifted_at IS NULL")
        )
        .returning(col(Suppression.id))
    )
    return added.scalar_one_or_none() is not None


async def suppression_of(session: AsyncSession, address: str) -> Suppression | None:
    """The suppression in force for this address, as `address_key` writes it."""
    query = select(Suppression).where(
        col(Suppression.address) == address, col(Suppression.lifted_at).is_(None)
    )
    return (await session.exec(query)).one_or_none()


async def suppressions(session: AsyncSession, *, limit: int) -> list[Suppression]:
    """Those in force, newest first."""
    query = (
        select(Suppression)
        .where(col(Suppression.lifted_at).is_(None))
        .order_by(col(Suppression.since).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def lift(session: AsyncSession, address: str, *, now: datetime) -> bool:
    """Let the address get reminders again; whether it was suppressed."""
    lifted = await session.exec(
        update(Suppression)
        .where(col(Suppression.address) == address, col(Suppression.lifted_at).is_(None))
        .values(lifted_at=now)
        .returning(col(Suppression.id))
    )
    return lifted.scalar_one_or_none() is not None
