"""Professional registration numbers.

The card prints a dash that is typed without it (DOMAIN.md 1.1 [2][3]); the rest of the form is
assumed, so the pattern of the canonical form is policy, and so are the parts that the dash divides:
the pattern's groups.
"""

import re

from rules.findings.problems import ValueRefused
from rules.values.as_typed import compact, refuse_hidden_characters

#: Longer texts are not looked at.
_MAX_LENGTH = 40


def clean_registration_number(text: str, *, pattern: str) -> str:
    """The canonical number: Western digits, capital letters, no dashes or spaces.

    With the dash of the card or without, in any digits, with any marks of `rules.values.as_typed`,
    it is the same number. ``pattern`` must match all of it. Raises `ValueRefused`:
    ``registration_number_form``, ``hidden_characters``.
    """
    number = compact(text).upper()
    if len(number) > _MAX_LENGTH:
        raise ValueRefused("registration_number_form")
    refuse_hidden_characters(number)
    if not number.isascii() or re.fullmatch(pattern, number) is None:
        raise ValueRefused("registration_number_form")
    return number


def shown_registration_number(number: str, *, pattern: str) -> str:
    """The canonical number as the card prints it: the groups of ``pattern`` with a dash between.

    Where the pattern has no groups, or does not match, it is shown as it is. What is shown is read
    again by `clean_registration_number` as the same number.
    """
    found = re.fullmatch(pattern, number)
    parts = [part for part in found.groups() if part] if found else []
    return "-".join(parts) if "".join(parts) == number else number
