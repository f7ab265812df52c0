"""Requests of newcomers: what came of what somebody sent who had no account."""

from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.newcomers import Newcomer
from models.requests import Request
from rules.requests.transitions import FINAL


async def open_registration(session: AsyncSession, newcomer_id: UUID) -> Request | None:
    """The newcomer's newest request that has not ended; None where none is open."""
    query = (
        select(Request)
        .where(col(Request.newcomer_id) == newcomer_id, col(Request.status).not_in(FINAL))
        .order_by(col(Request.submitted_at).desc())
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()


async def registrations_of(session: AsyncSession, mailbox: str, *, limit: int) -> list[Request]:
    """The requests from this mailbox whose details are kept, newest first."""
    query = (
        select(Request)
        .join(Newcomer, col(Newcomer.id) == col(Request.newcomer_id))
        .where(col(Newcomer.mailbox) == mailbox, col(Request.emptied_at).is_(None))
        .order_by(col(Request.submitted_at).desc(), col(Request.tracking_code))
        .limit(limit)
    )
    return list((await session.exec(query)).all())
