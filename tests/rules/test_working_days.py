"""The week from Sunday to Thursday."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.working_days import add_working_days, is_working_day

#: A Thursday.
THURSDAY = date(2026, 3, 12)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (THURSDAY, 0, THURSDAY),
        (THURSDAY, 1, date(2026, 3, 15)),
        (THURSDAY, 5, date(2026, 3, 19)),
        (THURSDAY, 6, date(2026, 3, 22)),
        (date(2026, 3, 13), 1, date(2026, 3, 15)),
        (date(2026, 3, 14), 1, date(2026, 3, 15)),
        (date(2026, 3, 15), 1, date(2026, 3, 16)),
    ],
)
def test_friday_and_saturday_do_not_count(start: date, n: int, expected: date) -> None:
    """After Thursday comes Sunday."""
    assert add_working_days(start, n) == expected


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 60))
def test_the_result_is_a_working_day_and_one_more_is_later(start: date, n: int) -> None:
    """Counting is monotonous and always arrives on a working day."""
    reached = add_working_days(start, n)

    assert is_working_day(reached)
    assert start < reached < add_working_days(start, n + 1)


def test_working_days_are_not_counted_backward() -> None:
    """A negative number is a mistake of the caller."""
    with pytest.raises(ValueError, match="forward"):
        add_working_days(THURSDAY, -1)
