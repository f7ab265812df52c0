"""Hours in a ledger's file; those of a submission are tried in tests/rules/profile_update."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.cpd_hours import read_attended_hours, read_hours

MARKS = ["", "\u200e", "\u200f", "\u2066", "\u2069", "\u00a0", "\u200b", "\ufeff", "\ufe0f", " "]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def refused(code: str) -> pytest.RaisesExc[ValueRefused]:
    """A refusal with this code."""
    return pytest.RaisesExc(ValueRefused, check=lambda error: error.code == code)


@given(
    amount=st.decimals(min_value="0.01", max_value="9999.99", places=2),
    sign=st.sampled_from([".", ",", "\u066b", "\u060c"]),
    in_arabic=st.booleans(),
    mark=st.sampled_from(MARKS),
)
def test_hours_are_read_with_any_decimal_sign(
    amount: Decimal, sign: str, in_arabic: bool, mark: str
) -> None:
    """Western and Arabic, also above what one activity may count."""
    typed = str(amount).replace(".", sign)
    cell = mark + (typed.translate(ARABIC) if in_arabic else typed) + mark

    assert read_attended_hours(cell) == amount


@pytest.mark.parametrize(("cell", "expected"), [("45", 45), ("5.000", 5), ("١٢٫٥", "12.5")])
def test_hours_are_kept_as_attended(cell: str, expected: int | str) -> None:
    """What of them counts is a matter of policy, later."""
    assert read_attended_hours(cell) == Decimal(expected)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "0",
        "0.00",
        "-1",
        "1.234",
        "1,250",
        "1.250,5",
        "1E+3",
        "Infinity",
        "NaN",
        "abc",
        "12:30",
        "10000",
        "12.5 h",
    ],
)
def test_hours_that_may_mean_two_things_or_nothing_are_named(cell: str) -> None:
    """A comma before three digits may part thousands."""
    with refused("ledger_hours_form"):
        read_attended_hours(cell)


def test_too_many_hours_are_told_with_the_most() -> None:
    """In whole hours, and not one hundredth beyond them."""
    assert read_hours("40", most=Decimal(40)) == 40
    with pytest.raises(ValueRefused) as told:
        read_hours("40.01", most=Decimal(40))

    assert (told.value.code, told.value.facts) == ("cpd_hours_too_many", {"limit": 40})
