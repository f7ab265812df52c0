"""Reference numbers: their form and what their check digit catches."""

from datetime import date
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.requests.reference_number import (
    NotAReferenceNumber,
    Reference,
    format_reference,
    parse_reference,
    reference_year,
)
from rules.requests.statuses import Kind
from rules.values.bill_number import format_bill_number

KINDS = st.sampled_from(Kind)
YEARS = st.integers(1440, 2100)
SEQUENCES = st.integers(1, 10**9)
DIGITS = "0123456789"


def verify(text: str) -> bool:
    """Whether it is read as a reference."""
    try:
        parse_reference(text)
    except NotAReferenceNumber:
        return False
    return True


def with_wrong_digit(text: str) -> list[str]:
    """Every text that differs in one digit."""
    return [
        text[:at] + wrong + text[at + 1 :]
        for at, wrong in product(range(len(text)), DIGITS)
        if text[at] in DIGITS and text[at] != wrong
    ]


def with_swapped_digits(text: str) -> list[str]:
    """Every text with two different neighbouring digits swapped, also across a dash."""
    digits = [at for at, character in enumerate(text) if character in DIGITS]
    swapped = []
    for left, right in pairwise(digits):
        if text[left] != text[right]:
            characters = list(text)
            characters[left], characters[right] = text[right], text[left]
            swapped.append("".join(characters))
    return swapped


@pytest.mark.parametrize(
    ("kind", "year", "sequence", "expected"),
    [
        (Kind.PROFILE_UPDATE, 1448, 123, "MPU-1448-000123-0"),
        (Kind.CARD_RENEWAL, 2026, 999_999, "MCR-2026-999999-8"),
        (Kind.PROFILE_UPDATE, 1448, 1_000_000, "MPU-1448-1000000-2"),
    ],
)
def test_a_reference_reads_kind_year_sequence_and_check_digit(
    kind: Kind, year: int, sequence: int, expected: str
) -> None:
    """Our own prefix, at least six digits of sequence, and room beyond."""
    assert format_reference(kind, year, sequence) == expected


@given(KINDS, YEARS, SEQUENCES)
def test_every_reference_is_read_back(kind: Kind, year: int, sequence: int) -> None:
    """What is formatted is what is parsed."""
    reference = Reference(kind, year, sequence)

    assert parse_reference(str(reference)) == reference


@given(KINDS, YEARS, SEQUENCES)
def test_every_single_wrong_digit_is_caught(kind: Kind, year: int, sequence: int) -> None:
    """At every place: year, sequence and check digit."""
    assert not any(map(verify, with_wrong_digit(format_reference(kind, year, sequence))))


@given(KINDS, YEARS, SEQUENCES)
def test_every_swap_of_neighbouring_digits_is_caught(kind: Kind, year: int, sequence: int) -> None:
    """Also across the dashes, from year to sequence and from sequence to check digit."""
    assert not any(map(verify, with_swapped_digits(format_reference(kind, year, sequence))))


def test_no_error_of_either_sort_passes_in_the_first_thousand_of_a_year() -> None:
    """Exhaustive where most references will be."""
    references = [format_reference(Kind.PROFILE_UPDATE, 1448, n) for n in range(1, 1001)]
    mistyped = [
        wrong for text in references for wrong in with_wrong_digit(text) + with_swapped_digits(text)
    ]

    assert [wrong for wrong in mistyped if verify(wrong)] == []


@given(KINDS, YEARS, SEQUENCES, st.data())
def test_every_swap_of_neighbouring_characters_is_caught_or_harmless(
    kind: Kind, year: int, sequence: int, data: st.DataObject
) -> None:
    """A letter or dash that moves is refused, or the number still says what it said."""
    text = format_reference(kind, year, sequence)
    at = data.draw(st.integers(0, len(text) - 2))
    swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    assert not verify(swapped) or parse_reference(swapped) == parse_reference(text)


@given(YEARS, SEQUENCES)
def test_the_kind_is_under_the_check_digit(year: int, sequence: int) -> None:
    """The same digits under the other prefix are another, wrong number."""
    text = format_reference(Kind.PROFILE_UPDATE, year, sequence)

    assert not verify(text.replace("MPU", "MCR"))


@given(KINDS, YEARS, SEQUENCES, st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.integers(0, 2))
def test_every_wrong_letter_is_caught(
    kind: Kind, year: int, sequence: int, letter: str, at: int
) -> None:
    """The prefixes differ in two letters."""
    text = format_reference(kind, year, sequence)
    wrong = text[:at] + letter + text[at + 1 :]

    assert wrong == text or not verify(wrong)


@pytest.mark.parametrize(
    "typed",
    [
        "mpu-1448-000123-0",
        "MPU14480001230",
        " MPU 1448 000123 0 ",
        "MPU–1448–000123–0",
        "MPU-١٤٤٨-٠٠٠١٢٣-٠",
    ],
)
def test_a_reference_is_understood_as_people_type_it(typed: str) -> None:
    """Lower case, spaces, other dashes, no dashes, Arabic digits."""
    assert parse_reference(typed) == Reference(Kind.PROFILE_UPDATE, 1448, 123)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MPU-1448-000000-0",
        "XYZ-1448-000123-0",
        "MPU-1448-0000123-0",
        "MPU-1448-000123-0\n",
        "MPU-1448-000123-²",
        "1" * 10_000_000,
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    """Nor is a number zero, or one padded beyond six digits."""
    assert not verify(text)
    with pytest.raises(NotAReferenceNumber):
        parse_reference(text)


@pytest.mark.parametrize(("year", "sequence"), [(1448, 0), (1448, -1), (999, 1), (10_000, 1)])
def test_a_reference_that_could_not_be_read_back_is_not_made(year: int, sequence: int) -> None:
    """A mistake of the caller is told at once."""
    with pytest.raises(ValueError, match="four-digit year"):
        format_reference(Kind.PROFILE_UPDATE, year, sequence)


@pytest.mark.parametrize(
    ("day", "hijri", "gregorian"),
    [
        (date(2026, 6, 15), 1447, 2026),
        (date(2026, 6, 16), 1448, 2026),
        (date(2027, 1, 1), 1448, 2027),
    ],
)
def test_the_year_turns_with_its_calendar(day: date, hijri: int, gregorian: int) -> None:
    """1 Muharram 1448 is 16 June 2026."""
    assert reference_year(day, "hijri") == hijri
    assert reference_year(day, "gregorian") == gregorian


def test_no_two_series_can_be_taken_for_one_another() -> None:
    """Each kind has its own prefix and digit, and none has those of bills."""
    numbers = [format_reference(kind, 1448, 1) for kind in Kind] + [format_bill_number(1448, 1)]

    for part in (slice(0, 3), slice(-1, None)):
        assert len({number[part] for number in numbers}) == len(numbers)


def test_the_longest_number_is_read_and_nothing_beyond() -> None:
    """A sequence of so many digits will never be issued; a longer text is not looked at."""
    longest = Reference(Kind.PROFILE_UPDATE, 1448, 10**51)

    assert parse_reference(str(longest)) == longest
    assert not verify(format_reference(Kind.PROFILE_UPDATE, 1448, 10**52))
