"""What is still to come: reminders of the coming days, and what waits to be examined or sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from desk.common_clock import common_clock
from models.clock import database_now
from models.connections import LONG
from models.database import transaction
from models.reminders.examination_days import set_by
from models.reminders.examinations import count_by_anchor, count_due
from models.reminders.reminders import Backlog, backlog, count_by_threshold, count_queued
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic
from rules.reminders.rehearsal import Rehearsed, rehearse
from rules.values.dates import riyadh_day


async def forecast(
    topic: Topic, on: date | None, days: int, policy: ReminderPolicy
) -> list[Rehearsed]:
    """The letters of so many days from this one on (default: today), by what is on file now."""
    first = on or riyadh_day((await common_clock())())
    async with transaction(LONG) as session:
        counted = await count_by_anchor(session, topic)
    if await thresholds_are_new(topic, policy):
        counted = [(anchor, first, number) for anchor, _, number in counted]
    return rehearse(counted, first, days, policy, topic=topic)


async def thresholds_are_new(topic: Topic, policy: ReminderPolicy) -> bool:
    """Whether a run before had other thresholds, so that the next one examines everything."""
    async with transaction() as session:
        before = await set_by(session, topic)
    return before is not None and not before.are_of(policy.thresholds(topic))


@dataclass(frozen=True)
class Outstanding:
    """What today's runs have still to do."""

    #: Cards or profiles to examine.
    to_examine: dict[Topic, int]
    #: Letters that wait to be sent.
    letters: list[Backlog]


async def look_at_outstanding() -> Outstanding:
    """How much is to be examined today, and which letters wait."""
    async with transaction(LONG) as session:
        today = riyadh_day(await database_now(session))
        due = {topic: await count_due(session, topic, today) for topic in Topic}
        return Outstanding(due, await backlog(session))


async def count_possible(topics: Iterable[Topic], on: date | None) -> int:
    """How many e-mails a run can send: one for each that is examined, and those that wait.

    None by a run for another day than today, which is a rehearsal.
    """
    today = riyadh_day((await common_clock())())
    if on not in {None, today}:
        return 0
    async with transaction() as session:
        due = [await count_due(session, topic, today) for topic in topics]
        return sum(due) + await count_queued(session)


async def decided_on(day: date, topic: Topic) -> list[tuple[int, str, str | None, int]]:
    """What this day's runs have decided: threshold, status, reason, how many."""
    async with transaction() as session:
        return await count_by_threshold(session, topic, day)
