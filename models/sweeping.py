"""Deleting what is old, a batch at a time, beside others who do the same."""

from typing import Any

from sqlalchemy import ColumnElement, delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession


async def delete_old(
    session: AsyncSession, key: Any, is_old: ColumnElement[bool], *, since: Any, limit: int
) -> int:
    """Delete the rows that are old, up to so many, the oldest by ``since`` first; returns how many.

    ``key`` identifies a row, ``since`` another of its columns. Rows that somebody holds
    are left for the next time.
    """
    old = (
        select(key)
        .where(is_old)
        .order_by(col(since))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (await session.exec(delete(key.class_).where(col(key).in_(old)))).rowcount
