"""The one place that reads the clock, and deadlines in Riyadh's days."""

from datetime import UTC, date, datetime, time, timedelta

from rules.policy.working_days import WorkingDays
from rules.values.dates import RIYADH, riyadh_day


def utc_now() -> datetime:
    """This instant; everything below the callers of the desk takes it as an argument."""
    return datetime.now(UTC)


def deadline_in_days(now: datetime, days: int, calendar: WorkingDays) -> datetime:
    """The end of the day that lies ``days`` days from today in Riyadh.

    Where that is a day off, the end of the next working day: whoever has a question on the last
    day finds somebody to ask.
    """
    return end_of_day(calendar.at_or_after(riyadh_day(now) + timedelta(days=days)))


def deadline_in_working_days(now: datetime, days: int, calendar: WorkingDays) -> datetime:
    """The end of the working day that lies ``days`` working days ahead."""
    return end_of_day(calendar.add(riyadh_day(now), days))


def last_day(deadline: datetime) -> date:
    """The last day, in Riyadh, on which something can be done that is due at this instant."""
    return riyadh_day(deadline - timedelta(seconds=1))


def day_begins(day: date) -> datetime:
    """The first instant of the day in Riyadh."""
    return datetime.combine(day, time(), RIYADH).astimezone(UTC)


def working_days_earlier(now: datetime, days: int, calendar: WorkingDays) -> datetime:
    """The instant that lies ``days`` working days before this one."""
    day = riyadh_day(now)
    return now - (day - calendar.add(day, -days))


def end_of_day(day: date) -> datetime:
    """The instant at which this day ends in Riyadh."""
    return day_begins(day + timedelta(days=1))
