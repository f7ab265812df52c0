"""The form of the numbers that we issue: prefix, year, sequence, check digit.

``MPU-1448-000123-7``, clearly not the authority's (DOMAIN.md 5.5); see docs/decisions/0004. What a
prefix stands for is said where its series is made.
"""

import re
from dataclasses import dataclass

from stdnum import damm

from rules.values.as_typed import compact

_WIDTH = 6
#: After the prefix.
_DIGITS = re.compile(f"([0-9]{{4}})([0-9]{{{_WIDTH},}})[0-9]")
#: Long enough for any sequence that will ever be issued; longer texts are not looked at.
_MAX_LENGTH = 60


@dataclass(frozen=True)
class Series:
    """The numbers with one prefix."""

    #: Latin capitals.
    prefix: str
    #: Stands for the prefix under the check digit, so that each series has its own.
    digit: str

    def number(self, year: int, sequence: int) -> str:
        """The number, with its check digit; the sequence grows beyond six digits.

        The same arguments give the same number.
        """
        written, counted = f"{year:04}", f"{sequence:0{_WIDTH}}"
        check = damm.calc_check_digit(f"{self.digit}{written}{counted}")
        return f"{self.prefix}-{written}-{counted}-{check}"

    def read(self, text: str) -> tuple[int, int] | None:
        """The year and the sequence of the number that was typed; None where it is none of these.

        Lower case, missing or misplaced dashes and all that `rules.values.as_typed` knows are
        understood. Every wrong digit and every swap of two neighbouring digits is refused, also at
        the borders between year, sequence and check digit.
        """
        typed = compact(text)
        if len(typed) > _MAX_LENGTH:
            return None
        prefix, digits = typed[: len(self.prefix)].upper(), typed[len(self.prefix) :]
        found = _DIGITS.fullmatch(digits)
        if found is None:
            return None
        year, sequence = int(found[1]), int(found[2])
        is_issued = sequence > 0 and prefix + digits == compact(self.number(year, sequence))
        return (year, sequence) if is_issued else None
