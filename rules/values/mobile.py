"""Mobile numbers, to E.164 (DOMAIN.md 2 [36][37])."""

import re
from collections.abc import Sequence
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from rules.findings.problems import ValueRefused
from rules.values.as_typed import compact, refuse_hidden_characters
from rules.values.identity_number import SAUDI

#: Which Saudi numbers there are: all of their ``form``, new ranges too, or the library's.
SaudiNumbers = Literal["form", "known_ranges"]
#: Checked before the library looks: it would also read letters, extensions and ``tel:`` addresses.
_FORM = re.compile(r"\+?[0-9]{7,17}")
#: With or without the country's code, and the zero that belongs to neither.
_SAUDI = re.compile(r"(?P<code>\+966|00966|966)?0?(?P<number>5[0-9]{8})")
#: Beside spaces and dashes, as on business cards.
_SEPARATORS = str.maketrans({".": "", "(": "", ")": ""})
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
#: Longer texts are not looked at.
_MAX_LENGTH = 60


def clean_mobile(text: str, *, countries: Sequence[str], saudi_numbers: SaudiNumbers) -> str:
    """The number in E.164, such as ``+966512345678``; cleaning that again changes nothing.

    ``05…``, ``5…``, ``966…``, ``+966…``, ``00966…`` and all that `rules.values.as_typed` knows are
    understood; without a country code the number is one of the first country. Policy says which
    Saudi numbers there are; of other countries those in the library's known ranges. Raises
    `ValueRefused`: ``mobile_form`` (also for a landline), ``mobile_country`` for a mobile of a
    country that is not in ``countries``, ``hidden_characters``.
    """
    typed = compact(text).translate(_SEPARATORS)
    if len(typed) > _MAX_LENGTH:
        raise ValueRefused("mobile_form")
    refuse_hidden_characters(typed)
    if _FORM.fullmatch(typed) is None:
        raise ValueRefused("mobile_form")
    saudi = _saudi(typed, countries[0]) if saudi_numbers == "form" else None
    if saudi is not None and SAUDI not in countries:
        raise ValueRefused("mobile_country")
    return saudi or _known(typed, countries)


def _saudi(typed: str, home: str) -> str | None:
    found = _SAUDI.fullmatch(typed)
    if found is None or not (found["code"] or home == SAUDI):
        return None
    return f"+966{found['number']}"


def _known(typed: str, countries: Sequence[str]) -> str:
    try:
        number = phonenumbers.parse(typed, countries[0])
    except NumberParseException:
        raise ValueRefused("mobile_form") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueRefused("mobile_form")
    if phonenumbers.number_type(number) not in _MOBILE:
        raise ValueRefused("mobile_form")
    if phonenumbers.region_code_for_number(number) not in countries:
        raise ValueRefused("mobile_country")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
