"""Professional registration numbers.

The card prints a dash that is typed without it (DOMAIN.md 1.1 [2][3]); the rest of the form is
assumed, so the pattern of the canonical form is policy.
"""

import re

from rules.as_typed import compact, refuse_hidden_characters
from rules.problems import ValueRefused

#: Longer texts are not looked at.
_MAX_LENGTH = 40


def clean_registration_number(text: str, *, pattern: str) -> str:
    """The canonical number: Western digits, capital letters, no dashes or spaces.

    With the dash of the card or without, in any digits, with any marks of `rules.as_typed`, it is
    the same number. ``pattern`` must match all of it. Raises `ValueRefused`:
    ``registration_number_form``, ``hidden_characters``.
    """
    number = compact(text).upper()
    if len(number) > _MAX_LENGTH:
        raise ValueRefused("registration_number_form")
    refuse_hidden_characters(number)
    if not number.isascii() or re.fullmatch(pattern, number) is None:
        raise ValueRefused("registration_number_form")
    return number
