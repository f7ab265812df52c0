"""The one place that reads the clock, and deadlines in Riyadh's days."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.dates import riyadh_day
from rules.working_days import add_working_days, is_working_day

RIYADH = ZoneInfo("Asia/Riyadh")


def utc_now() -> datetime:
    """This instant; everything below the callers of the desk takes it as an argument."""
    return datetime.now(UTC)


def deadline_in_days(now: datetime, days: int) -> datetime:
    """The end of the day that lies ``days`` days from today in Riyadh."""
    return _end_of(riyadh_day(now) + timedelta(days=days))


def deadline_in_working_days(now: datetime, days: int) -> datetime:
    """The end of the working day (Sunday-Thursday) that lies ``days`` working days ahead."""
    return _end_of(add_working_days(riyadh_day(now), days))


def last_day(deadline: datetime) -> date:
    """The last day, in Riyadh, on which something can be done that is due at this instant."""
    return riyadh_day(deadline - timedelta(seconds=1))


def working_days_earlier(now: datetime, days: int) -> datetime:
    """The instant that lies ``days`` working days (Sunday-Thursday) before this one."""
    day = riyadh_day(now)
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return now - (riyadh_day(now) - day)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), RIYADH).astimezone(UTC)
