"""Limits of bytes, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import problem
from rules.values.sizes import Size, SizeOfFile

UNITS = {"MB": 1024**2, "KB": 1024, "bytes": 1}


@pytest.mark.parametrize(
    ("octets", "english", "arabic"),
    [
        (10 * 1024**2, "10 MB", "10 ميغابايت"),
        (65_536, "64 KB", "64 كيلوبايت"),
        (500_000, "488 KB", "488 كيلوبايت"),
        (1_000, "1000 bytes", "1000 بايت"),
        (0, "0 bytes", "0 بايت"),
    ],
)
def test_a_limit_is_said_in_its_largest_unit(octets: int, english: str, arabic: str) -> None:
    """Nobody counts 10485760 bytes."""
    assert (f"{Size(octets):en}", f"{Size(octets):ar}") == (english, arabic)


@given(st.integers(min_value=1, max_value=10**12))
def test_what_keeps_to_the_words_keeps_to_the_limit(octets: int) -> None:
    """Rounded down, and never to nothing."""
    number, unit = f"{Size(octets):en}".split()

    assert 0 < int(number) * UNITS[unit] <= octets


def test_a_file_that_is_too_large_hears_of_megabytes() -> None:
    """In both languages."""
    found = problem("document_size", "documents[0].size_bytes", limit=Size(10_485_760))

    assert found.sentence.en.endswith("10 MB or smaller.")
    assert "10 ميغابايت" in found.sentence.ar


def test_a_unit_that_is_just_filled_is_said() -> None:
    """One megabyte is not 1024 kilobytes."""
    assert f"{Size(1024**2):en}" == "1 MB"
    assert f"{Size(1024):en}" == "1 KB"


@pytest.mark.parametrize(
    ("octets", "english", "arabic"),
    [
        (10 * 1024**2, "10 MB", "10 ميغابايت"),
        (10 * 1024**2 + 1, "10.1 MB", "10.1 ميغابايت"),
        (12_700_000, "12.2 MB", "12.2 ميغابايت"),
        (1_000, "1000 bytes", "1000 بايت"),
    ],
)
def test_a_size_is_said_to_a_tenth(octets: int, english: str, arabic: str) -> None:
    """A byte too many is not said to be the limit itself."""
    assert (f"{SizeOfFile(octets):en}", f"{SizeOfFile(octets):ar}") == (english, arabic)


@given(st.integers(min_value=1, max_value=10**12), st.integers(min_value=1, max_value=10**12))
def test_what_is_over_a_limit_is_said_to_be_over_it(limit: int, more: int) -> None:
    """However little: the two numbers that a person reads differ in the same way."""
    assert said_octets(f"{SizeOfFile(limit + more):en}") > said_octets(f"{Size(limit):en}")


def said_octets(words: str) -> float:
    number, unit = words.split()
    return float(number) * UNITS[unit]


def test_any_other_format_is_the_number_s_own() -> None:
    """As logs and tables write it."""
    assert f"{SizeOfFile(1_000):>6}" == "  1000"
    assert f"{Size(1_000):>6}" == "  1000"
