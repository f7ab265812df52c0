"""Counts of misses: how often a name, a network or everybody was wrong lately."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Index, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
from models.sweeping import delete_old
from rules.accounts.counting import Count


class SignInCount(SQLModel, table=True):
    """The misses of one thing that is counted."""

    __tablename__ = "sign_in_counts"
    __table_args__ = (Index("counts_to_sweep", "last_at"),)

    #: What is counted, and a digest of the name, the network or the browser: it names nobody.
    key: str = Field(primary_key=True)
    misses: int
    since: datetime = instant()
    last_at: datetime = instant()


async def lock_counts(
    session: AsyncSession, keys: Sequence[str], *, now: datetime
) -> dict[str, Count | None]:
    """The counts under these keys, locked in one order for everybody; None where nothing was."""
    await session.exec(
        insert(SignInCount)
        .values([{"key": key, "misses": 0, "since": now, "last_at": now} for key in sorted(keys)])
        .on_conflict_do_nothing()
    )
    query = (
        select(SignInCount)
        .where(col(SignInCount.key).in_(keys))
        .order_by(col(SignInCount.key))
        .with_for_update()
    )
    return {
        row.key: Count(row.misses, row.since, row.last_at) if row.misses else None
        for row in (await session.exec(query)).all()
    }


async def read_count(session: AsyncSession, key: str) -> Count | None:
    """The count under this key, not locked; None where nothing was missed."""
    row = await session.get(SignInCount, key)
    return Count(row.misses, row.since, row.last_at) if row is not None and row.misses else None


async def write_counts(session: AsyncSession, counts: Mapping[str, Count]) -> None:
    """Keep these; the caller has locked them."""
    for key in sorted(counts):
        count = counts[key]
        await session.exec(
            update(SignInCount)
            .where(col(SignInCount.key) == key)
            .values(misses=count.misses, since=count.since, last_at=count.last_at)
            .execution_options(synchronize_session=False)
        )


async def take_back(session: AsyncSession, keys: Sequence[str]) -> None:
    """One miss under each of these was none."""
    for key in sorted(keys):
        await session.exec(
            update(SignInCount)
            .where(col(SignInCount.key) == key, col(SignInCount.misses) > 0)
            .values(misses=col(SignInCount.misses) - 1)
            .execution_options(synchronize_session=False)
        )


async def forget(session: AsyncSession, keys: Sequence[str]) -> None:
    """Nothing was missed under these."""
    for key in sorted(keys):
        await session.exec(
            update(SignInCount)
            .where(col(SignInCount.key) == key)
            .values(misses=0)
            .execution_options(synchronize_session=False)
        )


async def sweep_counts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete counts whose last miss was before, up to so many; returns how many."""
    is_old = col(SignInCount.last_at) < before
    return await delete_old(
        session, SignInCount.key, is_old, since=SignInCount.last_at, limit=limit
    )
