"""What a password must be: long enough, not one that everybody tries, and not about its owner.

No rule about kinds of characters, and no age: both make people choose worse ones (NIST SP
800-63B-4; OWASP ASVS 5.0, 6.2).
"""

import itertools
import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from rules.policy.accounts import AccountPolicy
from rules.values.as_typed import plain

#: Characters; longer ones would cost the hash, not the guesser.
LONGEST = 128
#: Parts of names and numbers that are shorter are in too many words.
_SHORTEST_PART = 4
#: What is left of a password without such a part, or with few different characters, is too little.
_FEWEST_DIFFERENT = 5
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_REPEATED = re.compile(r"(.{1,8}?)\1+")


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    ABOUT_OWNER = "about_owner"


def as_hashed(password: str) -> bytes:
    """The bytes that are hashed: what two keyboards compose differently is the same password.

    Nothing else is folded: Arabic-Indic digits in a password are not Western ones.
    """
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def fault_of(
    password: str,
    *,
    policy: AccountPolicy,
    second_factor: bool,
    common: Collection[str],
    owner: Collection[str],
) -> PasswordFault | None:
    """Why this password is not taken; None where it is.

    ``common`` are passwords that guessers try first, in small letters; ``owner`` is what others
    know about its owner: names, numbers, the e-mail address.
    """
    shortest = (
        policy.password_characters_beside_factor
        if second_factor
        else (policy.password_characters_alone)
    )
    characters = unicodedata.normalize("NFC", password)
    if len(characters) < shortest:
        return PasswordFault.TOO_SHORT
    if len(characters) > LONGEST:
        return PasswordFault.TOO_LONG
    folded = characters.casefold()
    if _is_common(folded, common):
        return PasswordFault.COMMON
    return PasswordFault.ABOUT_OWNER if _is_about(folded, owner, shortest) else None


def _is_common(folded: str, common: Collection[str]) -> bool:
    """On the list, with or without what people put around it, repeated, or in a row."""
    bare = _AROUND.sub("", folded)
    repeated = _REPEATED.fullmatch(folded)
    if repeated is not None or len(set(folded)) < _FEWEST_DIFFERENT or _is_a_row(folded):
        return True
    return folded in common or bare in common


def _is_a_row(folded: str) -> bool:
    """Whether each character follows the one before: 12345678, hgfedcba; also after 9 comes 0."""
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(folded)}
    return steps <= {1, -9} or steps <= {-1, 9}


def _is_about(folded: str, owner: Collection[str], shortest: int) -> bool:
    """Whether too little is left once the owner's names and numbers are taken out."""
    text = plain(folded)
    for part in sorted(_parts(owner), key=len, reverse=True):
        text = text.replace(part, "")
    return text != plain(folded) and len(text) < min(shortest, 8)


def _parts(owner: Collection[str]) -> set[str]:
    words = {word for fact in owner for word in re.split(r"[\s@._+-]+", plain(fact.casefold()))}
    whole = {plain(fact.casefold()) for fact in owner}
    return {part for part in words | whole if len(part) >= _SHORTEST_PART}
