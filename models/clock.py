"""The database's clock: the one that all machines of an installation share."""

from datetime import datetime

from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession


async def database_now(session: AsyncSession) -> datetime:
    """This instant by the database's clock, not the one at which its transaction began."""
    now: datetime = (await session.exec(select(func.clock_timestamp()))).one()
    return now
