"""Reference numbers of our own form, clearly not the authority's (DOMAIN.md 5.5).

``MPU-1448-000123-7``: kind, year, sequence, check digit. See docs/decisions/0004.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from rules.errors import WrongUsage
from rules.requests.statuses import Kind
from rules.values.as_typed import compact, say_hidden
from rules.values.dates import hijri
from rules.values.issued_number import Series

Calendar = Literal["hijri", "gregorian"]

_SERIES = {kind: Series(kind.prefix, kind.digit) for kind in Kind}
_YEARS = range(1000, 10_000)


class NotAReferenceNumber(WrongUsage):
    """The text is not a reference number, or was mistyped."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not a reference number, or a character of it is mistyped"
        super().__init__(said + say_hidden(typed))


@dataclass(frozen=True)
class Reference:
    """What a reference number says."""

    kind: Kind
    year: int
    sequence: int

    def __str__(self) -> str:
        return format_reference(self.kind, self.year, self.sequence)


def format_reference(kind: Kind, year: int, sequence: int) -> str:
    """The reference number, with its check digit; the sequence grows beyond six digits.

    The same arguments give the same number. Raises ValueError for a sequence below 1 or a year
    that has not four digits.
    """
    if sequence < 1 or year not in _YEARS:
        raise ValueError("a reference number has a four-digit year and a sequence from 1 up")
    return _SERIES[kind].number(year, sequence)


def parse_reference(text: str) -> Reference:
    """What the reference number says, read as `Series.read`; raises `NotAReferenceNumber`.

    A wrong letter is refused too: the prefixes differ in two.
    """
    for kind, series in _SERIES.items():
        found = series.read(text)
        if found is not None and found[0] in _YEARS:
            return Reference(kind, *found)
    raise NotAReferenceNumber(compact(text))


def reference_year(day: date, calendar: Calendar) -> int:
    """The year that counts for references issued on this day in Riyadh."""
    return hijri(day).year if calendar == "hijri" else day.year
