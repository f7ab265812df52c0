"""Hours of professional development as people write them."""

import re
from decimal import Decimal

from rules.findings.problems import ValueRefused
from rules.values.as_typed import plain, refuse_hidden_characters

_FORM = re.compile(r"[+-]?[0-9]{1,6}(?:\.[0-9]{1,20})?")
#: Typed for the decimal sign in a file. A comma of three digits may part thousands.
_COMMA = re.compile("[,\u060c](?=[0-9]{1,2}$)")
_ARABIC_POINT = "\u066b"
_SMALLEST = Decimal("0.01")
#: As much as the ledger's column holds.
_MOST_ATTENDED = Decimal("9999.99")
#: Longer texts are not looked at.
_MAX_LENGTH = 40


def read_hours(typed: Decimal | str, *, most: Decimal | int) -> Decimal:
    """The hours, with two decimal places; 0 is a number of hours.

    A text may have any digits and marks of `rules.values.as_typed`, and the Arabic decimal sign.
    Raises `ValueRefused`: ``cpd_hours_form``, ``cpd_hours_too_many``, ``hidden_characters``.
    """
    hours = _number(typed) if isinstance(typed, str) else typed
    # NaN compares with nothing, and 1E+999999 is a short text for a number of a million digits.
    if not hours.is_finite() or hours < 0:
        raise ValueRefused("cpd_hours_form")
    if hours > most:
        raise ValueRefused("cpd_hours_too_many", limit=int(most))
    rounded = hours.quantize(_SMALLEST)
    if rounded != hours:
        raise ValueRefused("cpd_hours_form")
    return rounded


def read_attended_hours(cell: str) -> Decimal:
    """The hours of a ledger's file, above zero, with any decimal sign; what counts is policy.

    Raises `ValueRefused` ``ledger_hours_form``, also for ``1,250``, which may be either.
    """
    try:
        hours = read_hours(_COMMA.sub(".", plain(cell)), most=_MOST_ATTENDED)
    except ValueRefused:
        raise ValueRefused("ledger_hours_form") from None
    if hours == 0:
        raise ValueRefused("ledger_hours_form")
    return hours


def plain_hours(text: str) -> str:
    """The text with the digits and the decimal point that programs read."""
    return plain(text).replace(_ARABIC_POINT, ".")


def _number(text: str) -> Decimal:
    written = plain_hours(text)
    if len(written) > _MAX_LENGTH:
        raise ValueRefused("cpd_hours_form")
    refuse_hidden_characters(written)
    if _FORM.fullmatch(written) is None:
        raise ValueRefused("cpd_hours_form")
    return Decimal(written)
