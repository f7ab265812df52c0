"""The rule of each field: from what was typed to its normalised value."""

import re
from collections.abc import Callable, Mapping

import phonenumbers

from rules.findings.problems import ValueRefused
from rules.policy.policy import Policy
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, MAY_BE_EMPTY, Field
from rules.values.as_typed import compact
from rules.values.dates import parse_date
from rules.values.email_address import clean_email
from rules.values.identity_number import clean_any_identity_number, clean_identity_kind
from rules.values.mobile import clean_mobile
from rules.values.text import clean_arabic_name, clean_latin_name, clean_required_text, clean_text

_COUNTRY = re.compile("[A-Z]{2}")
#: The library's regions are the ISO 3166 codes of inhabited places, and these two beside them.
COUNTRIES = frozenset(phonenumbers.SUPPORTED_REGIONS) - {"AC", "TA"}


def normalised_value(field: Field, text: str, policy: Policy) -> str:
    """The field's value in the form that is kept; raises `ValueRefused`.

    Normalising a normalised value changes nothing. A birth date becomes Gregorian ISO. Every name
    but the first may be empty.
    """
    if field in MAY_BE_EMPTY and not clean_text(text, max_length=policy.limits.name_characters):
        return ""
    return _RULES[field](text, policy)


def clean_nationality(text: str) -> str:
    """A country as ISO 3166 alpha-2; raises `ValueRefused` ``nationality_unknown``."""
    code = compact(text).upper()
    if _COUNTRY.fullmatch(code) is None or code not in COUNTRIES:
        raise ValueRefused("nationality_unknown")
    return code


def _arabic_name(text: str, policy: Policy) -> str:
    return clean_arabic_name(text, max_length=policy.limits.name_characters)


def _latin_name(text: str, policy: Policy) -> str:
    return clean_latin_name(text, max_length=policy.limits.name_characters)


def _text(text: str, policy: Policy) -> str:
    return clean_required_text(text, max_length=policy.limits.text_characters)


def _mobile(text: str, policy: Policy) -> str:
    mobile = policy.mobile
    return clean_mobile(text, countries=mobile.countries, saudi_numbers=mobile.saudi_numbers)


def _email(text: str, policy: Policy) -> str:
    allowed = policy.email.allow_non_ascii_local_part
    return clean_email(text, allow_non_ascii_local_part=allowed)


_RULES: Mapping[Field, Callable[[str, Policy], str]] = {
    **dict.fromkeys(ARABIC_NAMES, _arabic_name),
    **dict.fromkeys(ENGLISH_NAMES, _latin_name),
    Field.IDENTITY_NUMBER: lambda text, _: clean_any_identity_number(text),
    Field.IDENTITY_KIND: lambda text, _: clean_identity_kind(text),
    Field.NATIONALITY: lambda text, _: clean_nationality(text),
    Field.BIRTH_DATE: lambda text, _: parse_date(text).isoformat(),
    Field.MOBILE: _mobile,
    Field.EMAIL: _email,
    Field.ADDRESS: _text,
    Field.EMPLOYER: _text,
    Field.SPECIALTY: _text,
    Field.RANK: _text,
}
