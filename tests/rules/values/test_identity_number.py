"""Identity and residence numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from rules.findings.problems import Problems, ValueRefused
from rules.values.identity_number import (
    check_digit_fails,
    check_digit_holds,
    check_identity_agrees,
    check_number_form,
    clean_any_identity_number,
    clean_identity_kind,
    clean_identity_number,
)

NUMBERS = st.from_regex(r"[12][0-9]{9}", fullmatch=True)
VALID = st.from_regex(r"[12][0-9]{8}", fullmatch=True).map(
    lambda digits: digits + luhn.calc_check_digit(digits)
)
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.mark.parametrize(
    ("number", "holds"),
    [
        ("1000000008", True),
        ("2000000006", True),
        ("1234567897", True),
        ("2345678904", True),
        ("1071724369", False),
        ("1012345678", False),
    ],
)
def test_the_check_digit_is_that_of_the_known_vectors(number: str, holds: bool) -> None:
    """DOMAIN.md 2, run there."""
    assert check_digit_holds(clean_identity_number(number)) is holds


def double_and_add(number: str) -> int:
    """The published algorithm: double digits 1, 3, 5, 7, 9 and add up all digits."""
    doubled = "".join(str(int(digit) * 2) for digit in number[::2])
    return sum(map(int, doubled + number[1::2]))


@given(NUMBERS)
def test_the_check_is_the_published_algorithm(number: str) -> None:
    """Luhn over ten digits is what DOMAIN.md 2 [33] describes."""
    assert check_digit_holds(number) == (double_and_add(number) % 10 == 0)


@given(VALID, st.integers(0, 9), st.sampled_from("0123456789"))
def test_every_single_wrong_digit_breaks_the_check(number: str, at: int, digit: str) -> None:
    """At every place, the last one included."""
    wrong = number[:at] + digit + number[at + 1 :]

    assert check_digit_holds(wrong) == (wrong == number)


@given(NUMBERS)
def test_arabic_digits_are_the_same_number(number: str) -> None:
    """An Arabic keyboard types Arabic digits, and a copied number has spaces around it."""
    assert clean_identity_number(f" {number.translate(ARABIC)} ") == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "identity_number_form"),
        ("100000000", "identity_number_form"),
        ("10000000080", "identity_number_form"),
        ("100000000a", "identity_number_form"),
        ("100000000²", "identity_number_form"),
        ("1000000008\n", "hidden_characters"),
        ("1" * 10_000_000, "identity_number_form"),
        ("3000000004", "identity_number_first_digit"),
        ("0000000000", "identity_number_first_digit"),
    ],
)
def test_what_is_no_identity_number_is_refused(text: str, code: str) -> None:
    """Form and first digit are told apart."""
    with pytest.raises(ValueRefused) as refused:
        clean_identity_number(text)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "number", ["880412345", "784-1990-1234567-1", "٢٨٤٠١٠١٢٣٤٥", "1700001264", "12345"]
)
def test_a_gulf_state_s_number_has_the_form_of_its_country(number: str) -> None:
    """Little is asked of it, and it has no check digit of ours."""
    problems = Problems()

    cleaned = clean_any_identity_number(number)
    check_number_form(cleaned, "gcc_id", problems)

    assert problems.found == []
    assert not check_digit_fails(cleaned, "gcc_id")
    assert clean_any_identity_number(cleaned) == cleaned


@pytest.mark.parametrize("number", ["", "1234", "1" * 16, "88041234a", "٨" * 10_000_000])
def test_what_is_no_number_of_any_kind_is_refused(number: str) -> None:
    """Digits, five to fifteen."""
    with pytest.raises(ValueRefused) as refused:
        clean_any_identity_number(number)

    assert refused.value.code == "identity_number_form"


@pytest.mark.parametrize("kind", ["national_id", "iqama"])
def test_a_saudi_number_keeps_its_form(kind: str) -> None:
    """A digit too few is not taken for another country's number."""
    problems = Problems()

    check_number_form("100000000", kind, problems)

    assert [found.code for found in problems.found] == ["identity_number_form"]


def test_an_unknown_kind_is_refused() -> None:
    """There are three kinds of identity."""
    assert clean_identity_kind("iqama") == "iqama"
    with pytest.raises(ValueRefused):
        clean_identity_kind("passport")


@pytest.mark.parametrize(
    ("number", "kind", "nationality", "codes"),
    [
        ("1000000008", "national_id", "SA", []),
        ("2000000006", "iqama", "EG", []),
        ("1000000008", "iqama", "EG", ["identity_kind_disagrees"]),
        ("2000000006", "national_id", "SA", ["identity_kind_disagrees"]),
        ("1000000008", "national_id", "EG", ["nationality_disagrees"]),
        ("2000000006", "iqama", "SA", ["nationality_disagrees"]),
        ("880412345", "gcc_id", "BH", []),
        ("1700001264", "gcc_id", "BH", []),
        ("2000000006", "iqama", "BH", []),
        ("880412345", "gcc_id", "EG", ["nationality_disagrees"]),
        ("1000000008", "gcc_id", "SA", ["nationality_disagrees"]),
        ("1000000008", "national_id", "BH", ["nationality_disagrees"]),
        ("P1234567", "passport", "EG", []),
        ("P1234567", "passport", "SA", ["nationality_disagrees"]),
        (
            "1000000008",
            "iqama",
            "SA",
            ["identity_kind_disagrees", "nationality_disagrees"],
        ),
    ],
)
def test_number_kind_and_nationality_must_agree(
    number: str, kind: str, nationality: str, codes: list[str]
) -> None:
    """1 is a Saudi's national identity, 2 everyone else's residence card."""
    problems = Problems()

    check_identity_agrees(number=number, kind=kind, nationality=nationality, problems=problems)

    assert [found.code for found in problems.found] == codes
