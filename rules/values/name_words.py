"""A name as it is searched by: its words, in the one spelling that all its spellings share.

The database folds what is on file in the same way (`models.people_search`); a test says so of every
letter that a name may hold.
"""

import re
import unicodedata

from rules.values.name_keys import loosest_key

_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015\u2043\u2212]+")


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name or of a part of one, each in letters and digits alone.

    Case, marks, hamzas, the stretching stroke, apostrophes and full stops tell no words apart, nor
    do letters that offices write one for the other (`rules.values.name_keys`). What has neither
    letters nor digits has no words. Its own words, joined by spaces, have the same words.
    """
    return tuple(filter(None, map(_letters, _BETWEEN_WORDS.split(text))))


def _letters(word: str) -> str:
    return "".join(filter(_is_letter, loosest_key(word)))


def _is_letter(sign: str) -> bool:
    """Or a digit; a letter that only modifies its neighbour is an apostrophe or a stretching."""
    return sign.isalnum() and unicodedata.category(sign) != "Lm"
