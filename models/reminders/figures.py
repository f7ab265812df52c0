"""What became of the reminders of the last days, in figures."""

from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.reminders.reminders import Reminder


async def count_by_status(session: AsyncSession, *, since: datetime) -> list[tuple[str, str, int]]:
    """Topic, status and how many, of those that were decided since then."""
    query = (
        select(Reminder.topic, Reminder.status, func.count())
        .where(col(Reminder.created_at) >= since)
        .group_by(col(Reminder.topic), col(Reminder.status))
        .order_by(col(Reminder.topic), col(Reminder.status))
    )
    return list((await session.exec(query)).all())
