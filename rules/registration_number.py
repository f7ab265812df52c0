"""Professional registration numbers.

The card prints a dash that is typed without it (DOMAIN.md 1.1 [2][3]); the rest of the form is
assumed, so the pattern of the canonical form is policy.
"""

import re

from rules.digits import western_digits
from rules.problems import ValueRefused

_SEPARATORS = re.compile(r"[ \-\u2010-\u2015]")
#: Longer texts are not looked at.
_MAX_LENGTH = 40


def clean_registration_number(text: str, *, pattern: str) -> str:
    """The canonical number: Western digits, capital letters, no dashes or spaces.

    With the dash of the card or without, in Western, Arabic-Indic or Persian digits, it is the same
    number. ``pattern`` must match all of it. Raises `ValueRefused` ``registration_number_form``.
    """
    if len(text) > _MAX_LENGTH:
        raise ValueRefused("registration_number_form")
    number = _SEPARATORS.sub("", western_digits(text)).upper()
    if not number.isascii() or re.fullmatch(pattern, number) is None:
        raise ValueRefused("registration_number_form")
    return number
