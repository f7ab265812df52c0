"""Sessions of accounts, and the browsers that are known to them; both by hashed tokens."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, delete, func, update
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.accounts import Account
from models.columns import instant, known, named, optional_instant
from models.links import hash_token
from models.practitioners import Practitioner
from models.sweeping import delete_old
from rules.accounts.kinds import Proof, SessionEnd


class AccountSession(SQLModel, table=True):
    """Somebody is signed in, in one browser. Over when policy says so, or when it was ended."""

    __tablename__ = "account_sessions"
    __table_args__ = (
        known("ended_because", SessionEnd, name="a_session_ends_for_a_known_reason"),
        known("proof", Proof, name="a_session_has_a_known_proof"),
        Index("sessions_to_sweep", "seen_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: SHA-256 of the token in the browser's cookie.
    token_hash: str = Field(unique=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    began_at: datetime = instant()
    #: The last page, to the minute.
    seen_at: datetime = instant()
    #: What its owner showed last, and when.
    proof: Proof = Field(sa_type=named(Proof))
    proved_at: datetime = instant()
    ended_at: datetime | None = optional_instant()
    ended_because: SessionEnd | None = Field(default=None, sa_type=named(SessionEnd))
    #: The browser in words of ours; empty where it is not known.
    browser: str = ""


class KnownDevice(SQLModel, table=True):
    """A browser in which this account has signed in: what strangers try does not hold it up."""

    __tablename__ = "known_devices"
    __table_args__ = (Index("devices_to_sweep", "seen_at"),)

    #: SHA-256 of the token in the browser's cookie.
    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    first_at: datetime = instant()
    #: The last sign-in.
    seen_at: datetime = instant()


async def begin_session(
    session: AsyncSession, account_id: UUID, *, browser: str, proof: Proof, now: datetime
) -> str:
    """A new session; returns the token that its browser is to keep, which is nowhere else."""
    token = secrets.token_urlsafe(32)
    session.add(
        AccountSession(
            token_hash=hash_token(token),
            account_id=account_id,
            began_at=now,
            seen_at=now,
            proof=proof,
            proved_at=now,
            browser=browser,
        )
    )
    return token


async def find_session(session: AsyncSession, token: str) -> AccountSession | None:
    """The session of this token, whether over or not."""
    query = select(AccountSession).where(col(AccountSession.token_hash) == hash_token(token))
    return (await session.exec(query)).one_or_none()


async def find_whose(
    session: AsyncSession, token: str
) -> tuple[AccountSession, Account, Practitioner | None] | None:
    """The session of this token, whether over or not, its account, and the practitioner.

    One question, as it is asked with every page.
    """
    query = (
        select(AccountSession, Account, Practitioner)
        .join(Account, col(Account.id) == col(AccountSession.account_id))
        .join(Practitioner, col(Practitioner.id) == col(Account.practitioner_id), isouter=True)
        .where(col(AccountSession.token_hash) == hash_token(token))
    )
    return (await session.exec(query)).one_or_none()


async def note_seen(session: AsyncSession, session_id: UUID, *, now: datetime) -> None:
    """It was used now."""
    await session.exec(
        update(AccountSession)
        .where(col(AccountSession.id) == session_id, col(AccountSession.seen_at) < now)
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


async def open_sessions(session: AsyncSession, account_id: UUID) -> Sequence[AccountSession]:
    """The sessions that nobody has ended, newest first; policy may say that they are over."""
    query = (
        select(AccountSession)
        .where(col(AccountSession.account_id) == account_id, col(AccountSession.ended_at).is_(None))
        .order_by(col(AccountSession.seen_at).desc(), col(AccountSession.id))
    )
    return (await session.exec(query)).all()


async def count_open_sessions(session: AsyncSession, account_id: UUID) -> int:
    """How many sessions nobody has ended."""
    query = select(func.count()).where(
        col(AccountSession.account_id) == account_id, col(AccountSession.ended_at).is_(None)
    )
    return (await session.exec(query)).one()


async def end_sessions(
    session: AsyncSession,
    account_id: UUID,
    *,
    because: SessionEnd,
    now: datetime,
    only: UUID | None = None,
    but: UUID | None = None,
) -> int:
    """End the account's sessions, ``only`` one, or all ``but`` one; returns how many."""
    ending = (
        update(AccountSession)
        .where(col(AccountSession.account_id) == account_id, col(AccountSession.ended_at).is_(None))
        .values(ended_at=now, ended_because=because)
        .execution_options(synchronize_session=False)
    )
    if only is not None:
        ending = ending.where(col(AccountSession.id) == only)
    if but is not None:
        ending = ending.where(col(AccountSession.id) != but)
    return (await session.exec(ending)).rowcount


async def know_device(
    session: AsyncSession, account_id: UUID, token: str | None, *, now: datetime
) -> str:
    """Know this browser as one of the account's; returns the token that it is to keep."""
    if token is not None:
        seen = await session.exec(
            update(KnownDevice)
            .where(
                col(KnownDevice.token_hash) == hash_token(token),
                col(KnownDevice.account_id) == account_id,
            )
            .values(seen_at=now)
            .execution_options(synchronize_session=False)
        )
        if seen.rowcount:
            return token
    token = secrets.token_urlsafe(32)
    session.add(
        KnownDevice(token_hash=hash_token(token), account_id=account_id, first_at=now, seen_at=now)
    )
    return token


async def is_known_device(
    session: AsyncSession, account_id: UUID | None, token: str | None, *, since: datetime
) -> bool:
    """Whether the account has signed in in this browser since then; asked of nobody too."""
    query = select(KnownDevice.token_hash).where(
        col(KnownDevice.token_hash) == hash_token(token or ""),
        col(KnownDevice.account_id) == (account_id or UUID(int=0)),
        col(KnownDevice.seen_at) > since,
    )
    return (await session.exec(query)).first() is not None


async def forget_devices(session: AsyncSession, account_id: UUID) -> None:
    """Know none of the account's browsers any more."""
    await session.exec(delete(KnownDevice).where(col(KnownDevice.account_id) == account_id))


async def sweep_sessions(
    session: AsyncSession, *, sessions_before: datetime, devices_before: datetime, limit: int
) -> int:
    """Delete what was not seen since then, up to so many of each; returns how many."""
    gone = 0
    for table, before in ((AccountSession, sessions_before), (KnownDevice, devices_before)):
        is_old = col(table.seen_at) < before
        gone += await delete_old(
            session, table.token_hash, is_old, since=table.seen_at, limit=limit
        )
    return gone
