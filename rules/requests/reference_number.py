"""Reference numbers of our own form, clearly not the authority's (DOMAIN.md 5.5).

``MPU-1448-000123-7``: kind, year, sequence, check digit. See docs/decisions/0004.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum import damm

from rules.errors import MumarisError
from rules.requests.statuses import Kind
from rules.values.as_typed import compact, say_hidden
from rules.values.dates import hijri

Calendar = Literal["hijri", "gregorian"]

#: Prefix, and the digit that stands for it under the check digit.
_KINDS: Mapping[Kind, tuple[str, str]] = {
    Kind.PROFILE_UPDATE: ("MPU", "1"),
    Kind.CARD_RENEWAL: ("MCR", "2"),
}
_KIND_OF = {prefix: kind for kind, (prefix, _) in _KINDS.items()}
_PREFIXES = "|".join(_KIND_OF)
_SEQUENCE_WIDTH = 6
_YEARS = range(1000, 10_000)
_FORM = re.compile(f"({_PREFIXES})([0-9]{{4}})([0-9]{{{_SEQUENCE_WIDTH},}})([0-9])")
#: Long enough for any sequence that will ever be issued; longer texts are not looked at.
_MAX_LENGTH = 60


class NotAReferenceNumber(MumarisError):
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
    prefix, digit = _KINDS[kind]
    padded = f"{sequence:0{_SEQUENCE_WIDTH}}"
    return f"{prefix}-{year}-{padded}-{damm.calc_check_digit(f'{digit}{year}{padded}')}"


def parse_reference(text: str) -> Reference:
    """What the reference number says; raises `NotAReferenceNumber`.

    Lower case, missing or misplaced dashes and all that `rules.values.as_typed` knows are
    understood. Every wrong digit and every swap of two neighbouring digits is refused, also at the
    borders between year, sequence and check digit; so is every wrong letter.
    """
    typed = compact(text)
    found = _FORM.fullmatch(typed.upper()) if len(typed) <= _MAX_LENGTH else None
    if found is None:
        raise NotAReferenceNumber(typed)
    prefix, year, padded, check = found.groups()
    reference = Reference(_KIND_OF[prefix], int(year), int(padded))
    digits = f"{_KINDS[reference.kind][1]}{year}{padded}{check}"
    if not damm.is_valid(digits) or not _is_canonical(reference, padded):
        raise NotAReferenceNumber
    return reference


def verify(text: str) -> bool:
    """Whether `parse_reference` accepts the text."""
    try:
        parse_reference(text)
    except NotAReferenceNumber:
        return False
    return True


def reference_year(day: date, calendar: Calendar) -> int:
    """The year that counts for references issued on this day in Riyadh."""
    return hijri(day).year if calendar == "hijri" else day.year


def _is_canonical(reference: Reference, padded: str) -> bool:
    in_range = reference.sequence > 0 and reference.year in _YEARS
    return in_range and padded == f"{reference.sequence:0{_SEQUENCE_WIDTH}}"
