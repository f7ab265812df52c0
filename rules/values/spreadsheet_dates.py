"""Dates as spreadsheets write them, brought to year-month-day for `rules.values.dates.parse_date`.

The Saudi identity card and Arabic spreadsheets write the day first, English ones often the month
(docs/decisions/0015). What a file's own dates prove is read; what they leave open is asked.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain

_MONTHS_IN_A_YEAR = 12
_HIJRI_YEARS = range(1300, 1501)
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})(?![0-9])")
_YEAR_FIRST = re.compile(r"([0-9]{4})([./ ])([0-9]{1,2})\2([0-9]{1,2})")
_SPACED = re.compile(" ?([-/.]) ?")
_MONTH_NAMED = re.compile(r"([0-9]{1,2})[-/. ]([A-Za-z]{3,9})[-/., ]+([0-9]{4})")
_MONTH_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{1,2}),? ([0-9]{4})")
_SERIAL = re.compile(r"[0-9]{4,6}(?:[.,][0-9]+)?")
_TIME = re.compile(
    r"(.*[0-9])(?:[ T]+)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?) ?(.*)", re.ASCII
)
_MIDNIGHT = re.compile(r"0{1,2}:00(?::00(?:[.,]0+)?)?")
_MIDNIGHT_BY_TWELVE = re.compile(r"12:00(?::00)?")
#: Zones in which midnight is on the same day in Riyadh.
_ZONES = frozenset({"", "Z", "+00:00", "+03:00"})
_BEFORE_NOON = frozenset({"AM", "ص"})
#: The calendar, said behind the date.
_CALENDAR = re.compile(r"(.*[0-9]) ?(هـ|ه|م|AH|AD)")
_HIJRI_SAID = frozenset({"هـ", "ه", "AH"})
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)


class DateOrder(Enum):
    """What the dates of a file prove about those that can be read in two ways."""

    DAY_FIRST = auto()
    #: At least one begins with its month; so others may have been turned round.
    MONTH_FIRST = auto()
    UNKNOWN = auto()


def date_order(cells: Iterable[str]) -> DateOrder:
    """What these dates of one file prove: a first number above 12 is a day, and so on.

    Hijri dates prove nothing: they are written with the day first everywhere.
    """
    order = DateOrder.UNKNOWN
    for cell in cells:
        found = _YEAR_LAST.match(plain(cell))
        if found is None or int(found[4]) in _HIJRI_YEARS:
            continue
        if int(found[3]) > _MONTHS_IN_A_YEAR:
            return DateOrder.MONTH_FIRST
        if int(found[1]) > _MONTHS_IN_A_YEAR:
            order = DateOrder.DAY_FIRST
    return order


def year_first(cell: str, order: DateOrder) -> str:
    """The date as year-month-day in its calendar; what is no date is returned for its own rule.

    A time of midnight behind it is dropped. Raises `ValueRefused`: ``date_order_unknown``,
    ``date_month_first``, ``date_serial``, ``date_with_time``, ``date_form`` where the calendar that
    is said is not that of the year.
    """
    text = _plain(cell)
    if _SERIAL.fullmatch(text):
        raise ValueRefused("date_serial")
    if found := _YEAR_FIRST.fullmatch(text):
        return _joined((found[1], found[3], found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        day, month = _day_and_month(found, order)
        return _joined((found[4], month, day))
    if found := _MONTH_NAMED.fullmatch(text):
        return _joined((found[3], _month(found[2]), found[1]))
    if found := _MONTH_NAMED_FIRST.fullmatch(text):
        return _joined((found[3], _month(found[1]), found[2]))
    return text


def _plain(cell: str) -> str:
    """Without what nobody sees, a time of midnight, and the calendar's name."""
    text = _SPACED.sub(r"\1", _without_time(plain(cell)))
    found = _CALENDAR.fullmatch(text)
    if found is None:
        return text
    years = [int(year) for year in re.findall("[0-9]{4}", found[1])]
    is_hijri = any(year in _HIJRI_YEARS for year in years)
    if is_hijri is not (found[2] in _HIJRI_SAID):
        raise ValueRefused("date_form")
    return found[1].strip()


def _without_time(text: str) -> str:
    found = _TIME.fullmatch(text)
    if found is None:
        return text
    time, rest = found[2], found[3].strip().upper()
    is_midnight = (_MIDNIGHT.fullmatch(time) and rest in _ZONES | _BEFORE_NOON) or (
        _MIDNIGHT_BY_TWELVE.fullmatch(time) and rest in _BEFORE_NOON
    )
    if not is_midnight:
        raise ValueRefused("date_with_time")
    return found[1]


def _day_and_month(found: re.Match[str], order: DateOrder) -> tuple[str, str]:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if year in _HIJRI_YEARS or first > _MONTHS_IN_A_YEAR or first == second:
        return found[1], found[3]
    if order is DateOrder.DAY_FIRST:
        return found[1], found[3]
    if second > _MONTHS_IN_A_YEAR:
        return found[3], found[1]
    month_first = order is DateOrder.MONTH_FIRST
    raise ValueRefused("date_month_first" if month_first else "date_order_unknown")


def _month(name: str) -> str:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.lower()):
            return str(number)
    raise ValueRefused("date_form")


def _joined(parts: Sequence[str]) -> str:
    year, month, day = parts
    return f"{year}-{month.zfill(2)}-{day.zfill(2)}"
