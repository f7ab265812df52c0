"""Which uploads wait for us: to be checked, or for the store to be emptied of them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlmodel import case, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.documents.documents import Upload
from rules.documents.states import BEING_CHECKED, WITHOUT_CONTENT

#: The longest pause before an upload that could not be checked is tried again.
LONGEST_PAUSE = timedelta(minutes=30)


async def take_to_check(
    session: AsyncSession, *, now: datetime, lease: timedelta, soon: Collection[str]
) -> Upload | None:
    """The upload that has waited longest to be checked, and is the caller's for the lease.

    Whoever checks it holds it for so long. What could not be checked waits as long as it is old
    before it is tried again, up to `LONGEST_PAUSE`; where the scanner said one of ``soon``, which
    is not the file's fault, only for the lease. What another pass takes just now is left to it.
    """
    query = (
        select(Upload)
        .where(
            col(Upload.state).in_(BEING_CHECKED),
            col(Upload.checked_at) <= now - lease,
            col(Upload.checked_at) + _pause(lease, soon) <= now,
        )
        .order_by(col(Upload.checked_at))
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    found = (await session.exec(query)).first()
    if found is not None:
        found.checked_at = now
    return found


def _pause(lease: timedelta, soon: Collection[str]) -> ColumnElement[timedelta]:
    age = col(Upload.checked_at) - col(Upload.received_at)
    growing = func.least(func.greatest(age, lease), LONGEST_PAUSE)
    return case((col(Upload.scan).in_(soon), lease), else_=growing)


async def count_uploads(session: AsyncSession) -> list[tuple[str, int]]:
    """How many uploads stand in each state; none is not listed."""
    query = select(Upload.state, func.count()).group_by(col(Upload.state))
    return list((await session.exec(query)).all())


class LeftWaiting(NamedTuple):
    """Uploads that have waited longer than they should."""

    number: int
    since: datetime | None


async def left_to_check(session: AsyncSession, *, before: datetime) -> LeftWaiting:
    """Those that were received before then and are still being checked."""
    query = select(func.count(), func.min(col(Upload.received_at))).where(
        col(Upload.state).in_(BEING_CHECKED), col(Upload.received_at) < before
    )
    return LeftWaiting(*(await session.exec(query)).one())


async def left_to_empty(session: AsyncSession, *, before: datetime) -> LeftWaiting:
    """Those that lost their key before then, and that may still lie in the store."""
    query = select(func.count(), func.min(col(Upload.state_since))).where(
        col(Upload.state).in_(WITHOUT_CONTENT),
        col(Upload.content_removed_at).is_(None),
        col(Upload.state_since) < before,
    )
    return LeftWaiting(*(await session.exec(query)).one())
