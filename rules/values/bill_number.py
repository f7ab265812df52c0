"""Bill numbers of our own form, so that a number that is read out finds its bill or none.

``MBL-1448-000123-7``: year, sequence and check digit, as in `rules.requests.reference_number`.
"""

import re

from stdnum import damm

from rules.errors import MumarisError
from rules.values.as_typed import compact, say_hidden

_PREFIX = "MBL"
#: Stands for the prefix under the check digit; references have 1 and 2.
_DIGIT = "3"
_WIDTH = 6
_FORM = re.compile(f"{_PREFIX}([0-9]{{4}})([0-9]{{{_WIDTH},}})([0-9])")
#: Longer texts are not looked at.
_MAX_LENGTH = 60


class NotABillNumber(MumarisError):
    """The text is not a bill number, or was mistyped."""

    def __init__(self, typed: str = "") -> None:
        said = "this is not a bill number, or a character of it is mistyped"
        super().__init__(said + say_hidden(typed))


def format_bill_number(year: int, sequence: int) -> str:
    """The bill number, with its check digit; the same arguments give the same number."""
    padded = f"{sequence:0{_WIDTH}}"
    return _written(f"{year:04}", padded, damm.calc_check_digit(f"{_DIGIT}{year:04}{padded}"))


def parse_bill_number(text: str) -> str:
    """The canonical number for what was typed; raises `NotABillNumber`.

    Lower case, missing dashes and all that `rules.values.as_typed` knows are understood. Every
    wrong digit and every swap of two neighbouring digits is refused.
    """
    typed = compact(text)
    found = _FORM.fullmatch(typed.upper()) if len(typed) <= _MAX_LENGTH else None
    if found is None or not damm.is_valid(_DIGIT + "".join(found.groups())):
        raise NotABillNumber(typed)
    return _written(*found.groups())


def _written(year: str, padded: str, check: str) -> str:
    return f"{_PREFIX}-{year}-{padded}-{check}"
