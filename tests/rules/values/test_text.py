"""Text from people: what is cleaned and what is refused."""

from contextlib import suppress
from typing import Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.text import (
    clean_arabic_name,
    clean_idempotency_key,
    clean_latin_name,
    clean_note,
    clean_required_text,
    clean_text,
    folded,
    without_signs,
)


class Clean(Protocol):
    """A rule of names."""

    def __call__(self, text: str, *, max_length: int) -> str:
        """The name."""
        ...


HIDDEN = [
    "\x00",
    "\r",
    "\n",
    "\t",
    "\x1b",
    "\x7f",
    "\u0085",
    "\u200b",
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2068",
    "\u2069",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\ud800",
    "\udfff",
    "\ue000",
    "\uffff",
    "\U000e0041",
    "\U0010fffd",
]


@pytest.mark.parametrize("hidden", HIDDEN, ids=[f"U+{ord(sign):04X}" for sign in HIDDEN])
def test_a_character_that_nobody_can_see_is_refused(hidden: str) -> None:
    """Controls, bidi overrides and isolates, surrogates, private use: nowhere in a text."""
    for text in (hidden, f"a{hidden}b", f"{hidden}ab", f"ab{hidden}"):
        with pytest.raises(ValueRefused) as refused:
            clean_text(text, max_length=10)
        assert refused.value.code == "hidden_characters"


@given(st.text(max_size=40))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    """What a rule has accepted it accepts again, as it is."""
    try:
        cleaned = clean_text(text, max_length=30)
    except ValueRefused:
        return

    assert clean_text(cleaned, max_length=30) == cleaned
    assert len(cleaned) <= 30


def test_white_space_is_folded_and_letters_are_composed() -> None:
    """A no-break space is a space, and é has one form."""
    assert clean_text("  a \u00a0 b  ", max_length=20) == "a b"
    assert clean_text("e\u0301", max_length=20) == "\u00e9"


@pytest.mark.parametrize("text", ["<b>", "a < b", "1 > 0"])
def test_markup_is_refused(text: str) -> None:
    """No field needs angle brackets, and pages and letters are HTML."""
    with pytest.raises(ValueRefused) as refused:
        clean_text(text, max_length=20)

    assert refused.value.code == "markup_characters"


def test_a_text_at_the_limit_passes_and_one_above_does_not() -> None:
    """The limit counts characters as typed."""
    assert clean_text("a" * 10, max_length=10) == "a" * 10
    with pytest.raises(ValueRefused) as refused:
        clean_text("a" * 11, max_length=10)
    assert refused.value.about("address").sentence.en.endswith("Use 10 characters or fewer.")


@pytest.mark.parametrize("text", ["", "   ", "\u00a0"])
def test_an_empty_text_is_refused_where_one_is_required(text: str) -> None:
    """White space says nothing."""
    with pytest.raises(ValueRefused) as refused:
        clean_required_text(text, max_length=10)

    assert refused.value.code == "empty"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("سارة", "سارة"),
        (" عبد  الله ", "عبد الله"),
        ("آل-سعد", "آل-سعد"),
        ("مُحَمَّد", "محمد"),
        ("محمـــد", "محمد"),
        ("گلزار", "گلزار"),
        ("گل\u200cناز", "گل\u200cناز"),
        ("\u200cگل\u200c", "گل"),
        ("خٹک", "خٹک"),
        ("ئازادە", "ئازادە"),
        ("ه\u200dاشم", "هاشم"),
        ("ئازاده\u200c", "ئازاده"),
        ("ڕۆژان", "ڕۆژان"),
        ("ݢاني", "ݢاني"),
        ("ا\u0656لواحي", "الواحي"),
        ("ا\u0654حمد", "أحمد"),
        ("ى\u06e5", "ى"),
        ("آل - سعد", "آل-سعد"),
        ("آل\u2011سعد", "آل-سعد"),
        ("\ufee3\ufea4\ufee4\ufeaa", "محمد"),
    ],
)
def test_an_arabic_name_is_kept_in_plain_letters(typed: str, name: str) -> None:
    """Vowel signs, stretching strokes and presentation forms do not make another name."""
    assert clean_arabic_name(typed, max_length=20) == name
    assert clean_arabic_name(name, max_length=20) == name


@pytest.mark.parametrize(
    "typed",
    [
        "Sara",
        "د. ماهر",
        "سارة'",
        "سار\u200c\u200cة",
        "سارة1",
        "سارة٣",
        "-سارة",
        "سارة-",
        "سارة!",
        "سارةa",
        "،",
        "سا--رة",
    ],
)
def test_an_arabic_name_has_arabic_letters_only(typed: str) -> None:
    """Digits, signs and other scripts are refused."""
    with pytest.raises(ValueRefused) as refused:
        clean_arabic_name(typed, max_length=20)

    assert refused.value.code == "arabic_letters_only"


@pytest.mark.parametrize("clean", [clean_arabic_name, clean_latin_name], ids=["Arabic", "Latin"])
@given(text=st.text(st.characters(categories=["L", "M", "P", "Z"]), max_size=20))
def test_a_name_that_was_read_is_read_again_as_it_is(clean: Clean, text: str) -> None:
    """Whatever letters and signs it was typed with."""
    with suppress(ValueRefused):
        name = clean(text, max_length=60)
        assert clean(name, max_length=60) == name


def test_a_ligature_that_unfolds_beyond_the_limit_is_refused() -> None:
    """One character of a PDF may be eighteen letters."""
    with pytest.raises(ValueRefused) as refused:
        clean_arabic_name("\ufdfa" * 5, max_length=20)

    assert refused.value.code == "too_long"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Sarah", "Sarah"),
        (" Al  Saad ", "Al Saad"),
        ("Al-Saad", "Al-Saad"),
        ("O\u2019Neill", "O'Neill"),
        ("José", "José"),
        ("Łukasz", "Łukasz"),
        ("Nguyễn", "Nguyễn"),
        ("Hie\u0302\u0300n", "Hiền"),
        ("Ṣāliḥ", "Ṣāliḥ"),
        ("al-Ḥamrāʾ", "al-Ḥamrā'"),
        ("ʿAbd", "'Abd"),
        ("Ma. Corazon", "Ma. Corazon"),
        ("J.R.", "J.R."),
        ("'Abdullah", "'Abdullah"),
        ("Sana\u2019", "Sana'"),
        ("D' Souza", "D' Souza"),
        ("Al\u2011Wahi", "Al-Wahi"),
        ("Al\u2013Wahi", "Al-Wahi"),
        ("Al - Otaibi", "Al-Otaibi"),
        ("Gal·la", "Gal·la"),
        ("Raj a/l Kumar", "Raj a/l Kumar"),
        ("Ade\u0301ba\u0301yọ\u0300", "Adébáyọ\u0300"),
        ("Hauwa Ɗangote ɗan", "Hauwa Ɗangote ɗan"),
    ],
)
def test_a_latin_name_is_kept_as_written(typed: str, name: str) -> None:
    """Accents and full stops stay, apostrophes and hyphens become one."""
    assert clean_latin_name(typed, max_length=20) == name
    assert clean_latin_name(name, max_length=20) == name


@pytest.mark.parametrize(
    "typed",
    [
        "سارة",
        "Sarah2",
        "'",
        "Sarah''",
        ".Sarah",
        "-Sarah",
        "Sa@rah",
        "Sаrah",
        "=Sarah",
        "A × B",
        "Sara;h",
    ],
)
def test_a_latin_name_has_latin_letters_only(typed: str) -> None:
    """Digits, signs and look-alikes of other scripts (here a Cyrillic а) are refused."""
    with pytest.raises(ValueRefused) as refused:
        clean_latin_name(typed, max_length=20)

    assert refused.value.code == "latin_letters_only"


def test_only_marks_of_arabic_letters_are_dropped() -> None:
    """To the last of their block; a mark on a Latin letter belongs to the letter."""
    assert without_signs("ه\u08ff") == "ه"
    assert without_signs("x\u0302") == "x\u0302"


def test_a_long_name_of_spaces_and_signs_is_refused_quickly() -> None:
    """The pattern never tries the same letters twice."""
    with pytest.raises(ValueRefused):
        clean_latin_name("a '" * 600 + "!", max_length=2_000)


def test_a_note_may_have_lines_and_comparisons() -> None:
    """An officer writes prose; each line is cleaned."""
    assert clean_note(" a < b \r\n\r\n c\r", max_length=50) == "a < b\n\nc"


@pytest.mark.parametrize("note", [None, "", " \n "])
def test_a_note_without_words_is_no_note(note: str | None) -> None:
    """Nothing was written."""
    assert clean_note(note, max_length=50) is None


@pytest.mark.parametrize(
    ("note", "code"),
    [("a\x00", "hidden_characters"), ("\u202ea", "hidden_characters"), ("a" * 51, "too_long")],
)
def test_a_hostile_note_is_refused(note: str, code: str) -> None:
    """Officers are persons too."""
    with pytest.raises(ValueRefused) as refused:
        clean_note(note, max_length=50)

    assert refused.value.code == code


@given(st.from_regex(r"[A-Za-z0-9._:-]{8,128}", fullmatch=True))
def test_an_idempotency_key_stays_as_it_is(key: str) -> None:
    """It belongs to the caller."""
    assert clean_idempotency_key(key) == key


@pytest.mark.parametrize("key", ["", "short", "a" * 129, "with space", "مفتاح-عربي", "12345678\n"])
def test_an_idempotency_key_of_another_form_is_refused(key: str) -> None:
    """Keys stand in logs and URLs."""
    with pytest.raises(ValueRefused):
        clean_idempotency_key(key)


@pytest.mark.parametrize(
    ("one", "other"),
    [("SARAH", "Sarah"), ("مُحَمَّد", "محمد"), ("Al  Saad ", "al saad"), ("O’Neill", "o'neill")],
)
def test_the_same_name_folds_to_the_same_text(one: str, other: str) -> None:
    """Case, vowel signs, spaces and apostrophes do not tell people apart."""
    assert folded(one) == folded(other)


def test_another_name_folds_to_another_text() -> None:
    """Hamza and ta marbuta are letters of the name."""
    assert folded("أحمد") != folded("احمد")
