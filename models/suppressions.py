"""Addresses that get no reminders any more, and the links by which people ask for that."""

import secrets
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import Index, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant
from models.links import hash_token
from models.reminders import Reminder
from models.statements import execute

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


class UnsubscribeToken(SQLModel, table=True):
    """A token that ends the reminders to the address that its letter went to."""

    __tablename__ = "unsubscribe_tokens"
    __table_args__ = (Index("unsubscribe_tokens_by_expiry", "expires_at"),)

    #: SHA-256 of the token; the token itself is only in the letter.
    token_hash: str = Field(primary_key=True)
    reminder_id: UUID = Field(foreign_key="reminders.id")
    expires_at: datetime = instant()


_KEEP_TOKENS = text("""
INSERT INTO unsubscribe_tokens (token_hash, reminder_id, expires_at)
SELECT token_hash, reminder_id, :expires_at
FROM unnest(CAST(:hashes AS text[]), CAST(:reminders AS uuid[])) AS kept (token_hash, reminder_id)
""")


def new_token() -> str:
    """256 random bits, as `models.links.mint_token` writes them."""
    return secrets.token_urlsafe(32)


async def keep_tokens(
    session: AsyncSession, tokens: dict[UUID, str], *, expires_at: datetime
) -> None:
    """Keep the hash of each reminder's token.

    A letter that is written again gets another token; both work, whichever copy arrived.
    """
    if tokens:
        await execute(session, _KEEP_TOKENS, {
            "hashes": [hash_token(token) for token in tokens.values()],
            "reminders": list(tokens),
            "expires_at": expires_at,
        })  # fmt: skip


async def find_unsubscribe(
    session: AsyncSession, token: str
) -> tuple[UnsubscribeToken, Reminder] | None:
    """The token and the reminder whose letter carried it."""
    query = (
        select(UnsubscribeToken, Reminder)
        .join(Reminder, col(Reminder.id) == col(UnsubscribeToken.reminder_id))
        .where(col(UnsubscribeToken.token_hash) == hash_token(token))
    )
    return (await session.exec(query)).one_or_none()


async def forget_tokens(session: AsyncSession, *, expired_before: datetime) -> None:
    """Delete the tokens that have expired by then."""
    await session.exec(
        delete(UnsubscribeToken).where(col(UnsubscribeToken.expires_at) < expired_before)
    )


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
