"""Tracking codes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.tracking_code import (
    ALPHABET,
    NotATrackingCode,
    make_tracking_code,
    parse_tracking_code,
)

RANDOM = st.binary(min_size=5, max_size=5)


@given(RANDOM)
def test_every_code_is_canonical_and_read_back(random_bytes: bytes) -> None:
    """What is made is what is parsed."""
    code = make_tracking_code(random_bytes)

    assert parse_tracking_code(code) == code
    assert len(code) == 9


@given(RANDOM, RANDOM)
def test_different_bytes_make_different_codes(one: bytes, other: bytes) -> None:
    """All forty bits are in the code."""
    assert (make_tracking_code(one) == make_tracking_code(other)) == (one == other)


@pytest.mark.parametrize(
    ("random_bytes", "code"),
    [
        (b"\xff" * 5, "ZZZZ-ZZZZ"),
        (b"\x08" + b"\0" * 4, "1000-0000"),
        (b"\0" * 4 + b"\x01", "0000-0001"),
    ],
)
def test_each_five_bits_are_one_character(random_bytes: bytes, code: str) -> None:
    """From the first to the last: a code is as hard to guess as its bytes."""
    assert make_tracking_code(random_bytes) == code


@given(RANDOM)
def test_a_code_told_on_the_phone_is_understood(random_bytes: bytes) -> None:
    """Lower case, no dash, spaces, and O, I and L for the digits that look like them."""
    code = make_tracking_code(random_bytes)
    told = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")

    assert parse_tracking_code(told) == code
    assert parse_tracking_code(code.replace("-", "").replace("1", "I")) == code


def test_arabic_digits_are_understood() -> None:
    """An Arabic keyboard types Arabic digits."""
    assert parse_tracking_code("٠٤١٦-٢RK٣") == "0416-2RK3"


def test_letters_that_are_mistaken_for_others_are_not_used() -> None:
    """The alphabet has 32 symbols, and neither O, I, L nor U."""
    assert len(set(ALPHABET)) == 32
    assert not set("OILU") & set(ALPHABET)


@pytest.mark.parametrize(
    "text", ["", "K7Q2", "K7Q2-M9X", "K7Q2-M9XDD", "K7Q2-M9XU", "K7Q2\nM9XD", "A" * 10_000_000]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    """Too short, too long, a letter outside the alphabet, a line break."""
    with pytest.raises(NotATrackingCode):
        parse_tracking_code(text)


def test_too_few_random_bytes_are_refused() -> None:
    """A code of fewer bits could be guessed."""
    with pytest.raises(ValueError, match="5 random bytes"):
        make_tracking_code(b"1234")


@given(st.text(max_size=20))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    """Whatever is typed is a code, which reads as itself from then on, or is refused."""
    with suppress(NotATrackingCode):
        code = parse_tracking_code(text)
        assert parse_tracking_code(code) == code


def test_a_character_that_nobody_sees_is_named() -> None:
    """So that a page can say what to do; and none is named where there is none."""
    with pytest.raises(NotATrackingCode) as hidden:
        parse_tracking_code("K7Q2-M9X\u0000")
    with pytest.raises(NotATrackingCode) as plain:
        parse_tracking_code("K7Q2")

    assert hidden.value.hidden == 0
    assert plain.value.hidden is None
