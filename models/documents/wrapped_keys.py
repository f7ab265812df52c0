"""The documents' keys as rows keep them: by which master key each is wrapped."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, bindparam, func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.documents.documents import Upload
from models.statements import execute

_LOCK = "hashtextextended('mumaris:documents:master keys', 0)"
_SHARE = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
_HOLD = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_REWRAP = text(
    "UPDATE uploads SET wrapped_key = new.wrapped_key "
    "FROM unnest(:ids, :before, :after) AS new (id, before, wrapped_key) "
    "WHERE uploads.id = new.id AND uploads.wrapped_key = new.before"
).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("ids", "before", "after")))


@dataclass(frozen=True)
class Rewrapped:
    """A document's key, and how it is to be wrapped instead."""

    upload_id: str
    before: str
    after: str


async def share_master_keys(session: AsyncSession) -> None:
    """To the transaction's end nobody drops a master key: what it wraps now will be seen."""
    await execute(session, _SHARE)


async def hold_master_keys(session: AsyncSession) -> None:
    """To the transaction's end nobody writes a new wrapped key; waits for those who are at it."""
    await execute(session, _HOLD)


async def wrapped_otherwise(
    session: AsyncSession, prefix: str, *, after: str, limit: int
) -> list[tuple[str, str]]:
    """Ids and wrapped keys that do not begin so, in the order of the ids."""
    query = (
        select(Upload.id, Upload.wrapped_key)
        .where(
            col(Upload.id) > after,
            col(Upload.wrapped_key).is_not(None),
            ~func.starts_with(col(Upload.wrapped_key), prefix),
        )
        .order_by(col(Upload.id))
        .limit(limit)
    )
    return [(upload_id, str(wrapped)) for upload_id, wrapped in (await session.exec(query)).all()]


async def rewrap(session: AsyncSession, rewrapped: Sequence[Rewrapped]) -> int:
    """Wrap these anew; what was destroyed or rewrapped meanwhile stays. Returns how many."""
    values = {
        "ids": [each.upload_id for each in rewrapped],
        "before": [each.before for each in rewrapped],
        "after": [each.after for each in rewrapped],
    }
    return (await execute(session, _REWRAP, values)).rowcount


async def count_by_master_key(session: AsyncSession) -> dict[str, int]:
    """How many documents each master key wraps, by its id."""
    key_id = func.split_part(col(Upload.wrapped_key), ":", 2)
    query = (
        select(key_id, func.count()).where(col(Upload.wrapped_key).is_not(None)).group_by(key_id)
    )
    return dict((await session.exec(query)).all())
