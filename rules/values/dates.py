"""Dates as people write them, and the days that business rules count.

Instants are UTC; a day is a day in Riyadh (UTC+3 all year, DOMAIN.md 2).
"""

import calendar
import re
from datetime import date, datetime, timedelta, timezone

from hijridate import Gregorian, Hijri

from rules.errors import Broken
from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain, refuse_hidden_characters
from rules.values.umm_al_qura import day_by_kacst

#: The zone of every business date and of every hour that people read. No file of the machine's is
#: needed for it: Saudi Arabia does not change its clocks.
RIYADH = timezone(timedelta(hours=3), "Asia/Riyadh")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
#: What spreadsheets and programs add to a day.
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(?::00(?:\.0{1,6})?)?Z?$")
#: What people add to a year: that it is Hijri, or Gregorian.
_ERA = re.compile(r"(?:(?P<hijri>هـ|ه|AH|H)|م|AD|CE|G)$", re.IGNORECASE)
_MONTHS = 12
#: Years in this range are read as Hijri, whatever else the text may mean.
_HIJRI_YEARS = range(1300, 1501)
_FIRST_GREGORIAN = 1900
#: The last day that has a Hijri date in the calendar's table (DOMAIN.md 2 [38]).
_LAST_DAY = date(2077, 11, 16)
#: Longer texts are not looked at.
_MAX_LENGTH = 60


class NaiveInstant(Broken):
    """An instant without a time zone has no day in Riyadh."""


def parse_date(text: str) -> date:
    """The day that was typed, as year-month-day with ``-``, ``/`` or ``.``, in either calendar.

    A year from 1300 to 1500 is Hijri (Umm al-Qura). All that `rules.values.as_typed` knows is
    understood, and so is the year at the end where only one day can be meant: Hijri dates have the
    day first, as the Saudi identity card prints them. A time of midnight says nothing, nor does an
    era that is that of the year. Raises `ValueRefused`: ``date_form``, ``date_ambiguous``
    (11/04/1988), ``date_impossible`` (30 of a month that has 29 days in every table),
    ``date_out_of_range`` (before 1343-01-01 AH or 1900-01-01, after 2077-11-16), or
    ``hidden_characters``.
    """
    year, month, day = _numbers(text)
    try:
        if year in _HIJRI_YEARS:
            return date(*Hijri(year, month, day).to_gregorian().datetuple())
        parsed = date(year, month, day)
    except OverflowError:
        raise ValueRefused("date_out_of_range") from None
    except ValueError:
        # A month of 29 days in the one table may have 30 in the other.
        by_kacst = day_by_kacst(year, month, day)
        if by_kacst is None:
            raise ValueRefused("date_impossible") from None
        return by_kacst
    if parsed.year < _FIRST_GREGORIAN or parsed > _LAST_DAY:
        raise ValueRefused("date_out_of_range")
    return parsed


def _numbers(text: str) -> tuple[int, int, int]:
    typed = plain(text)
    if len(typed) > _MAX_LENGTH:
        raise ValueRefused("date_form")
    refuse_hidden_characters(typed)
    written = _MIDNIGHT.sub("", typed).replace(" ", "")
    era = _ERA.search(written)
    if era is not None:
        written = written[: era.start()]
    if found := _YEAR_FIRST.fullmatch(written):
        numbers = int(found[1]), int(found[3]), int(found[4])
    elif found := _YEAR_LAST.fullmatch(written):
        numbers = _year_last(int(found[1]), int(found[3]), int(found[4]))
    else:
        raise ValueRefused("date_form")
    if era is not None and bool(era["hijri"]) != (numbers[0] in _HIJRI_YEARS):
        raise ValueRefused("date_form")
    return numbers


def _year_last(first: int, second: int, year: int) -> tuple[int, int, int]:
    if year in _HIJRI_YEARS or first > _MONTHS or first == second:
        return year, second, first
    if second > _MONTHS:
        return year, first, second
    raise ValueRefused("date_ambiguous")


def is_typed_in_hijri(text: str) -> bool:
    """Whether a text that `parse_date` accepts is a Hijri date."""
    return _numbers(text)[0] in _HIJRI_YEARS


def hijri(day: date) -> Hijri:
    """The day in the Umm al-Qura calendar; raises `ValueRefused` before 1924-08-01, after 2077."""
    try:
        return Gregorian.fromdate(day).to_hijri()
    except OverflowError:
        raise ValueRefused("date_out_of_range") from None


def riyadh_day(instant: datetime) -> date:
    """The day it is in Riyadh at this instant; raises `NaiveInstant` without a time zone."""
    if instant.tzinfo is None:
        raise NaiveInstant
    return instant.astimezone(RIYADH).date()


def age_on(born: date, day: date) -> int:
    """Full Gregorian years from birth to this day; negative before birth.

    Who was born on 29 February has a birthday on 1 March in common years.
    """
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_before(day: date, months: int) -> date:
    """The same day so many calendar months earlier, or that month's last day where it is shorter.

    Three months before 31 May is 28 or 29 February (DOMAIN.md 5.4).
    """
    counted = day.year * 12 + day.month - 1 - months
    year, month = divmod(counted, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
