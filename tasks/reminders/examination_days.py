"""When every card or profile has to be looked at again, whatever day it waits for."""

from datetime import date
from uuid import UUID

from models.database import patiently, transaction
from models.reminders.examination_days import ExaminationDays, forget_days, say_set_by, set_by
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic

#: Rows of one transaction: a renewal that waits for one of them does not notice.
_CHUNK = 5_000


async def set_days_anew(topic: Topic, day: date, policy: ReminderPolicy) -> None:
    """Let this day's run examine everything, where the days of examination cannot be trusted.

    They are those of the next thresholds. So one that policy added would be passed over; and after
    a run for a later day (a wrong clock, a slip of the hand) everything until then would be. Killed
    in the middle, it begins again; what was examined in the meantime is examined twice, and a
    threshold that has its letter gets no other.
    """
    before, thresholds = await _set_by(topic), policy.thresholds(topic)
    if before and before.are_of(thresholds) and before.planned_on == day:
        return
    if before is None or not before.hold(thresholds, day):
        after: UUID | None = UUID(int=0)
        while after is not None:
            after = await _forget(topic, after)
    # Before the run stamps anything: killed, it is still known to have been for this day.
    await _say_set(topic, policy, day)


@patiently
async def _set_by(topic: Topic) -> ExaminationDays | None:
    async with transaction() as session:
        return await set_by(session, topic)


@patiently
async def _forget(topic: Topic, after: UUID) -> UUID | None:
    async with transaction() as session:
        return await forget_days(session, topic, after=after, limit=_CHUNK)


@patiently
async def _say_set(topic: Topic, policy: ReminderPolicy, day: date) -> None:
    async with transaction() as session:
        await say_set_by(session, topic, policy.thresholds(topic), day=day)
