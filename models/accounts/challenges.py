"""What passkeys are asked to sign: at random, for one browser and purpose, used up by a look."""

from datetime import datetime

from sqlalchemy import Index, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
from models.sweeping import delete_old


class PasskeyChallenge(SQLModel, table=True):
    """A browser was asked for a passkey, and has not answered yet."""

    __tablename__ = "passkey_challenges"
    __table_args__ = (Index("challenges_to_sweep", "asked_at"),)

    #: A digest of what for, and of the session, the half sign-in or the visit that was asked.
    asked_of: str = Field(primary_key=True)
    challenge: bytes
    asked_at: datetime = instant()


async def keep_challenge(
    session: AsyncSession, asked_of: str, challenge: bytes, *, now: datetime
) -> None:
    """Ask this; what was asked of the same one before is void."""
    asked = {"challenge": challenge, "asked_at": now}
    await session.exec(
        insert(PasskeyChallenge)
        .values(asked_of=asked_of, **asked)
        .on_conflict_do_update(index_elements=["asked_of"], set_=asked)
    )


async def take_challenge(session: AsyncSession, asked_of: str) -> tuple[bytes, datetime] | None:
    """What was asked, and when; from now on nothing is. None where nothing was."""
    taken = await session.exec(
        delete(PasskeyChallenge)
        .where(col(PasskeyChallenge.asked_of) == asked_of)
        .returning(col(PasskeyChallenge.challenge), col(PasskeyChallenge.asked_at))
    )
    row = taken.first()
    return None if row is None else (row[0], row[1])


async def sweep_challenges(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete those asked before, up to so many; returns how many."""
    is_old = col(PasskeyChallenge.asked_at) < before
    return await delete_old(
        session, PasskeyChallenge.asked_of, is_old, since=PasskeyChallenge.asked_at, limit=limit
    )
