"""The Saudi working week: Sunday to Thursday (DOMAIN.md 2 [41])."""

from datetime import date, timedelta

_FRIDAY_AND_SATURDAY = frozenset({4, 5})


def is_working_day(day: date) -> bool:
    """Whether the day lies in the working week; public holidays are not known here."""
    return day.weekday() not in _FRIDAY_AND_SATURDAY


def add_working_days(start: date, n: int) -> date:
    """The ``n``-th working day after ``start``; ``start`` itself for 0, whatever day it is.

    Raises ValueError for a negative ``n``.
    """
    if n < 0:
        raise ValueError("working days are counted forward")
    day = start
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day
