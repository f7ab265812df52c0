"""The words of a name, folded for searching."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.name_words import name_words, with_and_without_article

ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءأإآؤئىة"
#: Vowel signs, the dagger alif and the stretching stroke.
SIGNS = "\u0640\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("أحمد إسماعيل آمنة", ("احمد", "اسماعيل", "امنه")),
        ("مصطفى", ("مصطفي",)),
        ("هبة", ("هبه",)),
        ("مُحَمَّد", ("محمد",)),
        ("نـــورة", ("نوره",)),
        ("عبد-الرحمن", ("عبد", "الرحمن")),
        ("  Noura\u00a0 AL-Qahtani ", ("noura", "al", "qahtani")),
        ("O\u2019Brien", ("obrien",)),
        ("Łukasz Đặng", ("lukasz", "dang")),
        ("\u202eنورة\u202c", ("نوره",)),
        ("'':*&|!()<->", ()),
        ("", ()),
    ],
)
def test_the_words_of_a_name(typed: str, words: tuple[str, ...]) -> None:
    """In the spelling that all spellings share."""
    assert name_words(typed) == words


@pytest.mark.parametrize(
    ("word", "both"),
    [
        ("القحطاني", ("القحطاني", "قحطاني")),
        ("قحطاني", ("قحطاني", "القحطاني")),
        ("ال", ("ال",)),
        ("البا", ("البا",)),
        ("البان", ("البان", "بان")),
        ("alqahtani", ("alqahtani",)),
        ("42", ("42",)),
    ],
)
def test_a_word_with_and_without_its_article(word: str, both: tuple[str, ...]) -> None:
    """As typed first; of Arabic words alone."""
    assert with_and_without_article(word) == both


@given(st.text())
def test_words_are_letters_and_digits_and_fold_to_themselves(typed: str) -> None:
    """Whatever was typed: nothing in a word could mean something to the database."""
    words = name_words(typed)

    assert all(word.isalnum() for word in words)
    assert name_words(" ".join(words)) == words


@given(st.text(st.sampled_from(ARABIC), min_size=1), st.sampled_from(SIGNS), st.data())
def test_signs_of_arabic_change_no_word(name: str, sign: str, data: st.DataObject) -> None:
    """Wherever they are written."""
    place = data.draw(st.integers(0, len(name)))

    assert name_words(name[:place] + sign + name[place:]) == name_words(name)


@given(st.text(st.characters(max_codepoint=0x24F, categories=["Lu", "Ll"])))
def test_case_and_composition_change_no_word(name: str) -> None:
    """As typed on one machine or on another."""
    words = name_words(name)

    assert name_words(name.casefold()) == words
    assert name_words(unicodedata.normalize("NFD", name)) == words


@given(st.lists(st.text(st.sampled_from(ARABIC), min_size=1)))
def test_spaces_and_hyphens_divide_alike(parts: list[str]) -> None:
    """And nothing else does."""
    assert name_words("-".join(parts)) == name_words("  ".join(parts))
