"""Whoever wants to register has no account yet: a mailbox that they read opens what they write."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant, optional_instant
from models.links import hash_token
from models.sweeping import delete_old


class NewcomerSession(SQLModel, table=True):
    """Somebody asked for a code in one browser; once they have typed it, they are let in there."""

    __tablename__ = "newcomer_sessions"
    __table_args__ = (Index("newcomer_sessions_to_sweep", "seen_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: SHA-256 of the token in the browser's cookie; another one once the code was right.
    token_hash: str = Field(unique=True)
    #: As mailboxes are compared, and as the code was sent to it.
    address: str
    #: The e-mail that carries the code.
    letter_id: UUID = Field(foreign_key="letters.id", index=True)
    #: As of `models.accounts.address_codes.AddressCode`.
    hashes: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    minted_at: datetime | None = optional_instant()
    tries: int = 0
    asked_at: datetime = instant()
    #: When the right code was typed; nothing is opened before.
    confirmed_at: datetime | None = optional_instant()
    #: The last page, to the minute.
    seen_at: datetime = instant()
    ended_at: datetime | None = optional_instant()


def begin_newcomer(
    session: AsyncSession, *, session_id: UUID, address: str, letter_id: UUID, now: datetime
) -> str:
    """A new one, which opens nothing; returns the token that its browser is to keep."""
    token = secrets.token_urlsafe(32)
    session.add(
        NewcomerSession(
            id=session_id,
            token_hash=hash_token(token),
            address=address,
            letter_id=letter_id,
            asked_at=now,
            seen_at=now,
        )
    )
    return token


async def find_newcomer(
    session: AsyncSession, token: str, *, lock: bool = False
) -> NewcomerSession | None:
    """The one of this token that nobody has ended, confirmed or not; policy may say it is over."""
    query = select(NewcomerSession).where(
        col(NewcomerSession.token_hash) == hash_token(token),
        col(NewcomerSession.ended_at).is_(None),
    )
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).one_or_none()


async def newcomer_code_in(session: AsyncSession, letter_id: UUID) -> NewcomerSession | None:
    """The one whose code this e-mail carries, locked; None where it opens nothing any more."""
    query = (
        select(NewcomerSession)
        .where(col(NewcomerSession.letter_id) == letter_id, col(NewcomerSession.ended_at).is_(None))
        .with_for_update()
    )
    return (await session.exec(query)).one_or_none()


def let_in(found: NewcomerSession, *, now: datetime) -> str:
    """The right code was typed: open it, under a new token, which is returned."""
    token = secrets.token_urlsafe(32)
    found.token_hash = hash_token(token)
    found.confirmed_at = found.seen_at = now
    return token


async def note_newcomer_seen(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """It was used now."""
    await session.exec(
        update(NewcomerSession)
        .where(col(NewcomerSession.id) == session_id, col(NewcomerSession.seen_at) < now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


async def sweep_newcomer_sessions(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete those that were last used before, up to so many; returns how many."""
    is_old = col(NewcomerSession.seen_at) < before
    return await delete_old(
        session, NewcomerSession.id, is_old, since=NewcomerSession.seen_at, limit=limit
    )
