"""Many requests at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request


async def lock_requests(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests, locked in one order for everybody until the transaction ends.

    Of several, those that somebody else holds are left out: whoever carries many waits for nobody.
    One alone is waited for.
    """
    query = (
        select(Request)
        .where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
        .order_by(col(Request.id))
        .with_for_update(skip_locked=len(ids) > 1)
    )
    return list((await session.exec(query)).all())


async def requests_of(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests as they stand, in no order."""
    query = select(Request).where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
    return list((await session.exec(query)).all())
