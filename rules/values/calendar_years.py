"""Years after a day, in either calendar."""

import calendar
from datetime import date
from typing import Literal

from hijridate import Hijri

from rules.findings.problems import ValueRefused
from rules.values.dates import hijri


def years_after(day: date, years: int, in_calendar: Literal["gregorian", "hijri"]) -> date:
    """The same day so many years later, or that month's last day where it is shorter.

    29 February becomes 28 February in a common year; 30 of a Hijri month becomes 29 where the
    month has 29 days. Raises `ValueRefused` ``date_out_of_range`` where the Umm al-Qura table
    (1924-08-01 to 2077-11-16) does not reach.
    """
    if in_calendar == "hijri":
        return _hijri_years_after(day, years)
    last = calendar.monthrange(day.year + years, day.month)[1]
    return date(day.year + years, day.month, min(day.day, last))


def _hijri_years_after(day: date, years: int) -> date:
    start = hijri(day)
    try:
        month = Hijri(start.year + years, start.month, 1)
        last = min(start.day, month.month_length())
        return date(*Hijri(month.year, month.month, last).to_gregorian().datetuple())
    except OverflowError:
        raise ValueRefused("date_out_of_range") from None
