from decimal import Decimal

import pytest

from mail.wording.languages import Language
from mail.wording.plurals import HOURS, POINTS, say_count


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("0", "0 ساعة"),
        ("1", "ساعة واحدة"),
        ("2", "ساعتان"),
        ("3", "3 ساعات"),
        ("10", "10 ساعات"),
        ("11", "11 ساعة"),
        ("99", "99 ساعة"),
        ("100", "100 ساعة"),
        ("101", "101 ساعة"),
        ("102", "102 ساعة"),
        ("103", "103 ساعات"),
        ("1000", "1000 ساعة"),
        ("1.5", "1.5 ساعة"),
    ],
)
def test_arabic_hours_agree_with_their_number(count: str, said: str) -> None:
    """The six forms of the Arabic plural."""
    assert say_count(Decimal(count), HOURS, Language.AR) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "نقطة واحدة"), (2, "نقطتان"), (3, "3 نقاط"), (11, "11 نقطة"), (100, "100 نقطة")],
)
def test_arabic_points_agree_with_their_number(count: int, said: str) -> None:
    """What a returned request is to correct."""
    assert say_count(count, POINTS, Language.AR) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [("1", "1 hour"), ("2", "2 hours"), ("0", "0 hours"), ("1.5", "1.5 hours")],
)
def test_english_hours_agree_with_their_number(count: str, said: str) -> None:
    """Two forms."""
    assert say_count(Decimal(count), HOURS, Language.EN) == said


@pytest.mark.parametrize("amount", ["2.00", "2.0", "2", "0.2E1"])
def test_an_amount_is_said_alike_however_it_is_stored(amount: str) -> None:
    """The database's numeric keeps trailing zeros; the letter does not."""
    assert say_count(Decimal(amount), HOURS, Language.AR) == "ساعتان"


def test_a_part_of_an_hour_has_no_trailing_zeros() -> None:
    """1.50 in the ledger."""
    assert say_count(Decimal("1.50"), HOURS, Language.EN) == "1.5 hours"


def test_large_amounts_are_written_out() -> None:
    """Never in exponent notation."""
    assert say_count(Decimal("1E+2"), HOURS, Language.EN) == "100 hours"
