"""When an officer is away: whole days in Riyadh, the last one included."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.errors import Conflict, Refused
from rules.policy.working_days import WorkingDays

#: A longer time is a year that was mistyped, or somebody who has left.
MOST_DAYS = 366


class NotDaysToBeAway(Refused):
    """Days of absence begin today or later, end not before that, and are a year at most."""


class AwayAlready(Conflict):
    """Some of these days are days of absence already."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"away from {first} to {last} already: call that off first")
        self.first = first
        self.last = last


@dataclass(frozen=True, order=True)
class DaysAway:
    """From one day to another, both of them included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether it is one of these days."""
        return self.first <= day <= self.last


def check_days(days: DaysAway, others: Iterable[DaysAway], *, today: date) -> None:
    """Accept the days, or raise `NotDaysToBeAway`, or `AwayAlready` of what stands."""
    if not today <= days.first <= days.last or (days.last - days.first).days >= MOST_DAYS:
        raise NotDaysToBeAway
    for other in others:
        if days.first <= other.last and other.first <= days.last:
            raise AwayAlready(other.first, other.last)


def back_on(absences: Iterable[DaysAway], day: date, calendar: WorkingDays) -> date:
    """The first working day after this one that is no day of absence; raises `NoWorkingDay`."""
    for one in sorted(absences):
        if one.holds(calendar.next_after(day)):
            day = one.last
    return calendar.next_after(day)
