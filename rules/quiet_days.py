"""Days on which no reminder leaves: quiet weekdays, and the public holidays of a country."""

from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from holidays import country_holidays

from rules.errors import MumarisError
from rules.reminder_policy import ReminderPolicy, Weekday

#: Longer than any holiday with the weekends around it.
_MOST_DAYS = 60


class NoDayToSend(MumarisError):
    """Weekends and holidays leave no day on which letters could leave."""


class Quiet(StrEnum):
    """Why a day is quiet."""

    QUIET_DAY = "quiet_day"
    PUBLIC_HOLIDAY = "public_holiday"


def quiet(day: date, policy: ReminderPolicy) -> Quiet | None:
    """Why no reminder leaves on this day, or None where letters leave.

    The holidays are those of the library ``holidays``; days that follow the moon are its estimate,
    and a decree may move them.
    """
    if Weekday.of(day) in policy.quiet_weekdays:
        return Quiet.QUIET_DAY
    if policy.holidays_of and day in _holidays(policy.holidays_of, day.year):
        return Quiet.PUBLIC_HOLIDAY
    return None


def next_sending_day(day: date, policy: ReminderPolicy) -> date:
    """The first day after this one on which letters leave; raises `NoDayToSend`."""
    for ahead in range(1, _MOST_DAYS):
        found = day + timedelta(days=ahead)
        if quiet(found, policy) is None:
            return found
    raise NoDayToSend(NoDayToSend.__doc__)


@lru_cache(maxsize=32)
def _holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(country_holidays(country, years=year))
