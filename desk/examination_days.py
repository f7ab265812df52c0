"""After policy's thresholds have changed, every card or profile is looked at again."""

from uuid import UUID

from models.database import patiently, transaction
from models.examination_days import forget_days, said, say_set_by, set_by
from rules.reminder_policy import ReminderPolicy
from rules.thresholds import About

#: Rows of one transaction: a renewal that waits for one of them does not notice.
_CHUNK = 5_000


async def thresholds_are_new(about: About, policy: ReminderPolicy) -> bool:
    """Whether a run before had other thresholds, so that the next one examines everything."""
    before = await _set_by(about)
    return before is not None and before != said(policy.thresholds(about))


async def set_days_anew(about: About, policy: ReminderPolicy) -> None:
    """Where policy's thresholds have changed, let the next run examine everything.

    A day of examination is that of the next threshold, so one that was added would be passed over.
    Killed in the middle, it begins again; what was examined in the meantime is examined twice, and
    a threshold that has its letter gets no other.
    """
    if await _set_by(about) == said(policy.thresholds(about)):
        return
    after: UUID | None = UUID(int=0)
    while after is not None:
        after = await _forget(about, after)
    await _say_set(about, policy)


@patiently
async def _set_by(about: About) -> str | None:
    async with transaction() as session:
        return await set_by(session, about)


@patiently
async def _forget(about: About, after: UUID) -> UUID | None:
    async with transaction() as session:
        return await forget_days(session, about, after=after, limit=_CHUNK)


@patiently
async def _say_set(about: About, policy: ReminderPolicy) -> None:
    async with transaction() as session:
        await say_set_by(session, about, policy.thresholds(about))
