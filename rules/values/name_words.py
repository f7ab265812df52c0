"""A name as it is searched by: its words, in the one spelling that all its spellings share.

The database folds what is on file in the same way (`models.people_search`); a test says so of every
letter that a name may hold.
"""

import re
import unicodedata

from rules.values.name_keys import loosest_key

_BETWEEN_WORDS = re.compile(r"[\s\-\u2010-\u2015\u2043\u2212]+")
_ARTICLE = "ال"
#: ``الهام`` is a name of its own.
_FEWEST_BESIDE_ARTICLE = 3
_IN_ARABIC = re.compile("[\u0620-\u064a]")


def name_words(text: str) -> tuple[str, ...]:
    """The words of a name or of a part of one, each in letters and digits alone.

    Case, marks, hamzas, the stretching stroke, apostrophes and full stops tell no words apart, nor
    do letters that offices write one for the other (`rules.values.name_keys`). What has neither
    letters nor digits has no words. Its own words, joined by spaces, have the same words.
    """
    return tuple(filter(None, map(_letters, _BETWEEN_WORDS.split(text))))


def with_and_without_article(word: str) -> tuple[str, ...]:
    """The folded word, then the same with the Arabic article, or without it where it has one.

    A word in other letters is itself alone, and so is one of which too little would be left.
    """
    bare = word.removeprefix(_ARTICLE)
    if bare != word:
        return (word, bare) if len(bare) >= _FEWEST_BESIDE_ARTICLE else (word,)
    return (word, _ARTICLE + word) if _IN_ARABIC.match(word) else (word,)


def _letters(word: str) -> str:
    return "".join(filter(_is_letter, loosest_key(word)))


def _is_letter(sign: str) -> bool:
    """Or a digit; a letter that only modifies its neighbour is an apostrophe or a stretching."""
    return sign.isalnum() and unicodedata.category(sign) != "Lm"
