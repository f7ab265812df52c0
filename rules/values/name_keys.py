"""Whether two spellings are one name: for comparing, never for keeping.

Two steps. Spaces, hyphens, full stops, case, vowel signs and joiners never tell names apart.
Letters that offices write one for the other (hamza on alif, alif maqsura and ya, ta marbuta and ha,
Persian and Arabic shapes of a letter, Latin letters with and without their marks) may: a person
looks.
"""

import re
import unicodedata
from enum import StrEnum

from rules.values.as_typed import without_marks
from rules.values.text import APOSTROPHES, without_signs


class Likeness(StrEnum):
    """How alike two spellings are."""

    SAME = "same"
    #: The same but for letters that are written one for the other.
    VARIANT = "variant"
    OTHER = "other"


_PUNCTUATION = re.compile(r"[\s.·/\-\u2010-\u2015\u2212]")
_ARABIC_VARIANTS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ؤ": "و",
        "ء": None,
        **dict.fromkeys("ىئیېےۓ", "ي"),
        **dict.fromkeys("ةھہۀۂۃە", "ه"),
        **dict.fromkeys("کڪ", "ك"),
    }
)
_LATIN_VARIANTS = str.maketrans(
    {
        "'": None,
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ł": "l",
        "ŋ": "n",
        "ø": "o",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
#: As passports write them in their machine-readable lines (ICAO 9303-3, section 6).
_AS_IN_PASSPORTS = str.maketrans({"ä": "ae", "ö": "oe", "ø": "oe", "ü": "ue", "å": "aa"})


def likeness(one: str, other: str) -> Likeness:
    """How alike the two spellings are; which comes first does not matter."""
    plain_one, plain_other = _same_key(one), _same_key(other)
    if plain_one == plain_other:
        return Likeness.SAME
    if _variant_keys(plain_one) & _variant_keys(plain_other):
        return Likeness.VARIANT
    return Likeness.OTHER


def loosest_key(name: str) -> str:
    """What all spellings have in common that are at least `Likeness.VARIANT` by their letters."""
    bare = _bare(_same_key(name).translate(_ARABIC_VARIANTS))
    # Some letters are found only under their marks.
    return bare.translate(_LATIN_VARIANTS)


def _same_key(name: str) -> str:
    written = unicodedata.normalize("NFKC", without_marks(name).translate(APOSTROPHES))
    return _PUNCTUATION.sub("", without_signs(written)).casefold()


def _variant_keys(plain: str) -> set[str]:
    arabic = plain.translate(_ARABIC_VARIANTS)
    return {_bare(arabic), _bare(arabic.translate(_AS_IN_PASSPORTS))}


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFD", name.translate(_LATIN_VARIANTS))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
