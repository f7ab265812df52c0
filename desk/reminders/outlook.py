"""What is still to come: reminders of the coming days, and what waits to be examined or sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from desk.common_clock import common_clock
from models.clock import database_now
from models.connections import LONG
from models.database import looking, transaction
from models.reminders.examination_days import ExaminationDays, set_by
from models.reminders.examinations import count_by_anchor, count_due, count_settled
from models.reminders.reminders import Backlog, backlog, count_by_threshold, count_queued
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Thresholds, Topic
from rules.reminders.rehearsal import Rehearsed, examined_anew, rehearse
from rules.values.dates import riyadh_day


async def forecast(
    topic: Topic, on: date | None, days: int, policy: ReminderPolicy
) -> list[Rehearsed]:
    """The letters of so many days from this one on (default: today), by what is on file now."""
    (rehearsed,) = await forecasts(topic, on, days, [policy])
    return rehearsed


async def forecasts(
    topic: Topic, on: date | None, days: int, policies: Sequence[ReminderPolicy]
) -> list[list[Rehearsed]]:
    """The same by each of these policies, all by what is on file at one moment."""
    first = on or riyadh_day((await common_clock())())
    async with looking(LONG) as session:
        counted = await count_by_anchor(session, topic)
        before = await set_by(session, topic)
        are_new = [_are_new(before, policy.thresholds(topic)) for policy in policies]
        settled = await count_settled(session, topic) if any(are_new) else {}
    return [
        rehearse(
            examined_anew(counted, settled, first, policy.thresholds(topic)) if is_new else counted,
            first,
            days,
            policy,
            topic=topic,
        )
        for policy, is_new in zip(policies, are_new, strict=True)
    ]


async def thresholds_are_new(topic: Topic, policy: ReminderPolicy) -> bool:
    """Whether a run before had other thresholds, so that the next one examines everything."""
    async with transaction() as session:
        return _are_new(await set_by(session, topic), policy.thresholds(topic))


def _are_new(before: ExaminationDays | None, thresholds: Thresholds) -> bool:
    return before is not None and not before.are_of(thresholds)


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
