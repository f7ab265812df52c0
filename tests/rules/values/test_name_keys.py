"""Spellings of one name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.name_keys import Likeness, likeness

LETTERS = st.text(st.sampled_from("abcdefgابتثحدرسعلمنهوي"), min_size=1, max_size=12)
SAYS_NOTHING = st.text(st.sampled_from(" -.\u00a0\u2011\u200c\u200e\u064e\u0651\u0640"), max_size=2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("عبدالله", "عبد الله"),
        ("AL WAHI", "Alwahi"),
        ("Al-Wahi", "alwahi"),
        ("Al\u2011Wahi", "Al Wahi"),
        ("Ma. Corazon", "MA CORAZON"),
        ("مُحَمَّد", "محمد"),
        ("گل\u200cناز", "گلناز"),
        ("O\u2019Neill", "O'NEILL"),
        ("Nguye\u0302\u0303n", "NGUYỄN"),
    ],
)
def test_spacing_signs_and_case_make_no_other_name(one: str, other: str) -> None:
    """Registers write as they like."""
    assert likeness(one, other) is likeness(other, one) is Likeness.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أحمد", "احمد"),
        ("إبراهيم", "ابراهيم"),
        ("آمنة", "امنه"),
        ("الواحى", "الواحي"),
        ("هبة", "هبه"),
        ("عائشة", "عايشة"),
        ("مؤمن", "مومن"),
        ("علاء", "علا"),
        ("کریم", "كريم"),
        ("Ṣāliḥ", "Salih"),
        ("al-Ḥamrāʾ", "ALHAMRA"),
        ("'Abdullah", "Abdullah"),
        ("Nguyễn", "NGUYEN"),
        ("Müller", "MUELLER"),
        ("Müller", "Muller"),
        ("Đặng", "DANG"),
        ("Łukasz", "LUKASZ"),
    ],
)
def test_another_spelling_is_for_a_person_to_judge(one: str, other: str) -> None:
    """Hamza, alif maqsura, ta marbuta, and the marks of Latin letters."""
    assert likeness(one, other) is likeness(other, one) is Likeness.VARIANT


@pytest.mark.parametrize(
    ("one", "other"),
    [("محمد", "محمود"), ("Sara", "Sarah"), ("Alwahi", "Al Wahidi"), ("", "سارة"), ("حسن", "حسين")],
)
def test_another_name_is_another_name(one: str, other: str) -> None:
    """A letter more or less is somebody else."""
    assert likeness(one, other) is likeness(other, one) is Likeness.OTHER


@given(LETTERS, st.data())
def test_what_says_nothing_may_stand_anywhere(name: str, data: st.DataObject) -> None:
    """Between any two letters, in either of the two."""
    typed = "".join(letter + data.draw(SAYS_NOTHING) for letter in name)

    assert likeness(typed, name.upper()) is Likeness.SAME


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_has_no_direction_and_raises_nothing(one: str, other: str) -> None:
    """An official register may hold anything."""
    assert likeness(one, other) is likeness(other, one)
    assert likeness(one, one) is Likeness.SAME
