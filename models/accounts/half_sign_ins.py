"""Sign-ins that are half done: the password was right, and something beside it is asked for."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, delete
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
from models.links import hash_token
from models.sweeping import delete_old


class HalfSignIn(SQLModel, table=True):
    """Somebody knows an account's password. That opens nothing but the page that asks for more."""

    __tablename__ = "half_sign_ins"
    __table_args__ = (Index("half_sign_ins_to_sweep", "began_at"),)

    #: SHA-256 of the token in the browser's cookie.
    token_hash: str = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="accounts.id", index=True)
    #: The account's passwords so far: another one ends this.
    version: int
    began_at: datetime = instant()


async def begin_half(
    session: AsyncSession, account_id: UUID, *, version: int, now: datetime
) -> str:
    """A new one; returns the token that its browser is to keep, which is nowhere else."""
    token = secrets.token_urlsafe(32)
    session.add(
        HalfSignIn(
            token_hash=hash_token(token), account_id=account_id, version=version, began_at=now
        )
    )
    return token


async def find_half(session: AsyncSession, token: str, *, lock: bool = False) -> HalfSignIn | None:
    """The one of this token, whether too old or not."""
    query = select(HalfSignIn).where(col(HalfSignIn.token_hash) == hash_token(token))
    if lock:
        query = query.with_for_update()
    return (await session.exec(query)).one_or_none()


async def end_halves(session: AsyncSession, account_id: UUID) -> None:
    """End every half sign-in of the account: one of them was finished, or must not be."""
    await session.exec(delete(HalfSignIn).where(col(HalfSignIn.account_id) == account_id))


async def sweep_halves(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete those that began before, up to so many; returns how many."""
    is_old = col(HalfSignIn.began_at) < before
    return await delete_old(
        session, HalfSignIn.token_hash, is_old, since=HalfSignIn.began_at, limit=limit
    )
