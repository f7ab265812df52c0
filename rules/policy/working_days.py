"""The calendar of working days: weekend, public holidays, and what policy says otherwise.

The only one: due dates of reviews, deadlines that letters promise and the days on which reminders
leave all go by it. The working week is Sunday to Thursday (DOMAIN.md 2 [41]).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from holidays import country_holidays, list_supported_countries

from rules.errors import Misconfigured
from rules.policy.reader import PolicyReader

#: Longer than any holiday with the weekends around it.
_MOST_DAYS = 60


class NoWorkingDay(Misconfigured):
    """Weekends and holidays leave no working day for two months."""


class Weekday(StrEnum):
    """A day of the week, as policy names it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        """The weekday of this day."""
        return tuple(cls)[day.weekday()]


class DayOff(StrEnum):
    """Why a day is not a working day."""

    WEEKEND = "weekend"
    PUBLIC_HOLIDAY = "public_holiday"


@dataclass(frozen=True, kw_only=True)
class WorkingDays:
    """Which days are working days: the table ``[working_days]`` of policy."""

    weekend: tuple[Weekday, ...]
    #: ISO 3166 alpha-2 of the country whose public holidays are days off, or "" for none.
    holidays_of: str
    #: Days off that the country's list does not know, or has on another day.
    also_off: tuple[date, ...]
    #: Working days that its list has as holidays, or that lie in a weekend.
    not_off: tuple[date, ...]

    def day_off(self, day: date) -> DayOff | None:
        """Why this is no working day, or None where it is one.

        What policy says of the day itself counts first. The holidays are those of the library
        ``holidays``; days that follow the moon are its estimate.
        """
        if day in self.not_off:
            return None
        if day in self.also_off:
            return DayOff.PUBLIC_HOLIDAY
        if Weekday.of(day) in self.weekend:
            return DayOff.WEEKEND
        if self.holidays_of and day in _holidays(self.holidays_of, day.year):
            return DayOff.PUBLIC_HOLIDAY
        return None

    def next_after(self, day: date) -> date:
        """The first working day after this one; raises `NoWorkingDay`."""
        return self._nearest(day, 1)

    def at_or_after(self, day: date) -> date:
        """This day where it is a working day, else the first one after it; raises as above."""
        return day if self.day_off(day) is None else self.next_after(day)

    def add(self, start: date, n: int) -> date:
        """The ``n``-th working day after ``start``, or before it where ``n`` is below 0.

        ``start`` itself for 0, whatever day it is. Raises `NoWorkingDay`.
        """
        day = start
        for _ in range(abs(n)):
            day = self._nearest(day, 1 if n > 0 else -1)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days come after ``start``, ``end`` included; 0 where none does.

        So from a day to the one that `add` reaches from it with ``n`` there are ``n``.
        """
        days = (start + timedelta(days=away) for away in range(1, (end - start).days + 1))
        return sum(self.day_off(day) is None for day in days)

    def before_weekend(self, day: date) -> date | None:
        """The last day before the next weekend, this one included; None where there is no weekend.

        Holidays do not count: on a Thursday that is one, the week ends all the same.
        """
        for away in range(2 * len(Weekday)):
            found = day + timedelta(days=away)
            following = Weekday.of(found + timedelta(days=1))
            if Weekday.of(found) not in self.weekend and following in self.weekend:
                return found
        return None

    def _nearest(self, day: date, step: int) -> date:
        for away in range(1, _MOST_DAYS):
            found = day + timedelta(days=away * step)
            if self.day_off(found) is None:
                return found
        raise NoWorkingDay


#: Every day is a working day: where no policy says anything.
EVERY_DAY = WorkingDays(weekend=(), holidays_of="", also_off=(), not_off=())


def check_working_days(calendar: WorkingDays, reader: PolicyReader) -> None:
    """Note in the reader what in this table contradicts itself, or names no country."""
    if len(set(calendar.weekend)) == len(Weekday):
        reader.refuse("working_days.weekend", "must leave a working day")
    if calendar.holidays_of and calendar.holidays_of not in _countries():
        reader.refuse("working_days.holidays_of", "is not a country whose holidays are known")
    if set(calendar.also_off) & set(calendar.not_off):
        reader.refuse("working_days.not_off", "must not name a day that is in also_off")


@lru_cache(maxsize=64)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))


@cache
def _countries() -> frozenset[str]:
    return frozenset(list_supported_countries(include_aliases=False))
