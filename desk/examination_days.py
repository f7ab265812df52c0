"""After policy's thresholds have changed, every card or profile is looked at again."""

from uuid import UUID

from models.database import patiently, transaction
from models.examination_days import are_set_by, forget_days, say_set_by
from rules.reminder_policy import ReminderPolicy
from rules.thresholds import About

#: Rows of one transaction: a renewal that waits for one of them does not notice.
_CHUNK = 5_000


@patiently
async def days_are_set(about: About, policy: ReminderPolicy) -> bool:
    """Whether the days of examination are those of policy's thresholds."""
    async with transaction() as session:
        return await are_set_by(session, about, policy.thresholds(about))


async def set_days_anew(about: About, policy: ReminderPolicy) -> None:
    """Where policy's thresholds have changed, let the next run examine everything.

    A day of examination is that of the next threshold, so one that was added would be passed over.
    Killed in the middle, it begins again; what was examined in the meantime is examined twice, and
    a threshold that has its letter gets no other.
    """
    if await days_are_set(about, policy):
        return
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = await _forget(about, after)
    await _say_set(about, policy)


@patiently
async def _forget(about: About, after: UUID) -> UUID | None:
    async with transaction() as session:
        return await forget_days(session, about, after=after, limit=_CHUNK)


@patiently
async def _say_set(about: About, policy: ReminderPolicy) -> None:
    async with transaction() as session:
        await say_set_by(session, about, policy.thresholds(about))
