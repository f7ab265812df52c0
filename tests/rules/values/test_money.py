"""Amounts of money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.values.money import (
    AmountInBoth,
    CurrenciesDiffer,
    CurrencyUnknown,
    Money,
    NotAnAmount,
    parse_money,
)


@pytest.mark.parametrize(
    ("minor", "english", "arabic"),
    [
        (16_000, "160.00 SAR", "160.00 ر.س"),
        (0, "0.00 SAR", "0.00 ر.س"),
        (5, "0.05 SAR", "0.05 ر.س"),
        (123_456_789, "1234567.89 SAR", "1234567.89 ر.س"),
    ],
)
def test_an_amount_is_written_in_both_languages(minor: int, english: str, arabic: str) -> None:
    """Two decimals, always."""
    assert Money(minor, "SAR").formatted("en") == english
    assert Money(minor, "SAR").formatted("ar") == arabic


def test_a_sentence_says_an_amount_in_its_own_language() -> None:
    """English where it names none."""
    amount = AmountInBoth(Money(16_000, "SAR"))

    assert (f"{amount:ar}", f"{amount:en}") == ("160.00 ر.س", "160.00 SAR")
    assert (f"{amount}", str(amount)) == ("160.00 SAR", "160.00 SAR")


@given(st.integers(0, 10**11 - 1))
def test_an_amount_is_read_back_from_what_is_written(minor: int) -> None:
    """To the halala, and from JSON as well."""
    money = Money(minor, "SAR")

    assert parse_money(money.formatted("en").removesuffix(" SAR"), currency="SAR") == money
    assert Money.from_json(money.to_json()) == money


@pytest.mark.parametrize("text", ["160", "160.00", " 160 ", "١٦٠", "۱۶۰.۰۰", "0160"])
def test_an_amount_is_read_as_people_write_it(text: str) -> None:
    """With and without decimals, in any digits."""
    assert parse_money(text, currency="SAR") == Money(16_000, "SAR")


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1,000", "1.5", "1.234", ".50", "1e3", "NaN", "²", "1" * 10, "160 SAR"]
)
def test_what_could_be_misread_is_no_amount(text: str) -> None:
    """Better asked twice than paid wrongly."""
    with pytest.raises(NotAnAmount):
        parse_money(text, currency="SAR")


def test_amounts_add_and_multiply() -> None:
    """A fee for two years and a fine."""
    assert Money(16_000, "SAR").times(2) + Money(5, "SAR") == Money(32_005, "SAR")


def test_an_amount_is_never_below_zero() -> None:
    """Whoever pays nothing pays 0."""
    with pytest.raises(ValueError, match="0 or more"):
        Money(-1, "SAR")


def test_an_unknown_currency_is_refused() -> None:
    """Its number of decimals would be a guess."""
    with pytest.raises(CurrencyUnknown, match="KWD is not known; known: SAR") as refused:
        Money(1, "KWD")

    assert refused.value.currency == "KWD"


def test_two_currencies_have_no_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no rate here."""
    monkeypatch.setattr("rules.values.money._ARABIC_NAMES", {"SAR": "ر.س", "AED": "د.إ"})
    with pytest.raises(CurrenciesDiffer, match="AED cannot be added to SAR") as refused:
        Money(1, "SAR") + Money(1, "AED")

    assert (refused.value.one, refused.value.other) == ("AED", "SAR")


def test_an_amount_typed_in_arabic_has_its_point() -> None:
    """The Arabic decimal separator between Arabic digits."""
    assert parse_money("\u0661\u0666\u0660\u066b\u0665\u0660", currency="SAR") == Money(
        16_050, "SAR"
    )
