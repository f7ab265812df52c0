"""Identity numbers: Saudi and residence numbers, and those of citizens of the Gulf states.

The first two have ten digits, and the first digit tells the kind (DOMAIN.md 2 [33]). The number on
a Gulf state's identity card has the form of its country, of which little is asked here.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from stdnum import luhn

from rules.findings.problems import Problems, ValueRefused
from rules.values.as_typed import compact, plain, refuse_hidden_characters

SAUDI = "SA"
#: The other states of the Gulf Cooperation Council: their citizens live here without a residence
#: card.
GULF_STATES = frozenset({"AE", "BH", "KW", "OM", "QA"})
_FORM = re.compile(r"[0-9]{10}")
#: From Oman's seven or eight digits to the fifteen of the Emirates, with room on both sides.
_ANY_FORM = re.compile(r"[0-9]{5,15}")
#: Longer texts are not looked at.
_MAX_LENGTH = 40


class IdentityKind(StrEnum):
    """What an identity number stands on."""

    #: Saudi citizens; the number begins with 1.
    NATIONAL_ID = "national_id"
    #: Residence card of everyone else; the number begins with 2.
    IQAMA = "iqama"
    #: The identity card of a Gulf state, for its citizens.
    GCC_ID = "gcc_id"


_KIND_OF_FIRST_DIGIT: Mapping[str, IdentityKind] = {
    "1": IdentityKind.NATIONAL_ID,
    "2": IdentityKind.IQAMA,
}


def clean_identity_number(text: str) -> str:
    """Ten Western digits, the first 1 or 2; read through the marks of `rules.values.as_typed`.

    Raises `ValueRefused`: ``identity_number_form``, ``identity_number_first_digit``,
    ``hidden_characters``. The check digit is a matter of policy, see `check_digit_holds`.
    """
    number = compact(text)
    if len(number) > _MAX_LENGTH:
        raise ValueRefused("identity_number_form")
    refuse_hidden_characters(number)
    if _FORM.fullmatch(number) is None:
        raise ValueRefused("identity_number_form")
    if number[0] not in _KIND_OF_FIRST_DIGIT:
        raise ValueRefused("identity_number_first_digit")
    return number


def clean_any_identity_number(text: str) -> str:
    """The number on an identity card of any kind; `check_number_form` judges it by its kind.

    Raises `ValueRefused`: ``identity_number_form``, ``hidden_characters``.
    """
    number = compact(text)
    if len(number) > _MAX_LENGTH:
        raise ValueRefused("identity_number_form")
    refuse_hidden_characters(number)
    if _ANY_FORM.fullmatch(number) is None:
        raise ValueRefused("identity_number_form")
    return number


def check_number_form(number: str, kind: str, problems: Problems) -> None:
    """Note where the number has not the form of its kind."""
    if kind != IdentityKind.GCC_ID:
        problems.read("identity_number", lambda: clean_identity_number(number))


def check_digit_fails(number: str, kind: str) -> bool:
    """Whether a number that has a check digit has a wrong one; those of the Gulf states have none.

    See `check_digit_holds`.
    """
    return kind != IdentityKind.GCC_ID and not check_digit_holds(number)


def check_digit_holds(number: str) -> bool:
    """Whether the Luhn check digit of a cleaned number is right.

    In common use but not officially documented, therefore its strictness is a setting. It misses
    no single wrong digit, and of the swaps of neighbours only 09 and 90 (DOMAIN.md 2 [35]).
    """
    return bool(luhn.is_valid(number))


def clean_identity_kind(text: str) -> str:
    """``national_id``, ``iqama`` or ``gcc_id``; raises `ValueRefused` ``identity_kind_unknown``."""
    kind = plain(text).casefold()
    if kind not in set(IdentityKind):
        raise ValueRefused("identity_kind_unknown")
    return kind


def check_identity_agrees(*, number: str, kind: str, nationality: str, problems: Problems) -> None:
    """Note where the number's first digit, the kind and the nationality contradict each other."""
    if kind in _KIND_OF_FIRST_DIGIT.values() and _KIND_OF_FIRST_DIGIT.get(number[0]) != kind:
        problems.add("identity_kind_disagrees", "identity_kind")
    holds: Mapping[str, bool] = {
        IdentityKind.NATIONAL_ID: nationality == SAUDI,
        IdentityKind.IQAMA: nationality != SAUDI,
        IdentityKind.GCC_ID: nationality in GULF_STATES,
    }
    if not holds.get(kind, nationality != SAUDI):
        problems.add("nationality_disagrees", "nationality")
