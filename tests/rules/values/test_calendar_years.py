"""Years after a day, in either calendar."""

from datetime import date

import pytest
from hijridate import Hijri
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.calendar_years import years_after
from rules.values.dates import hijri


def hijri_day(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Hijri one."""
    return date(*Hijri(year, month, day).to_gregorian().datetuple())


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2026, 2, 28), 2, date(2028, 2, 28)),
        (date(2026, 3, 31), 2, date(2028, 3, 31)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_gregorian_years_keep_the_day(day: date, years: int, later: date) -> None:
    """Or the month's last one."""
    assert years_after(day, years, "gregorian") == later


def test_the_last_of_a_long_hijri_month_becomes_the_last_of_a_short_one() -> None:
    """Umm al-Qura months have 29 or 30 days, from year to year."""
    year, month = next(
        (year, month)
        for year in range(1440, 1450)
        for month in range(1, 13)
        if Hijri(year, month, 1).month_length() > Hijri(year + 2, month, 1).month_length()
    )

    assert years_after(hijri_day(year, month, 30), 2, "hijri") == hijri_day(year + 2, month, 29)


def test_two_hijri_years_are_about_three_weeks_shorter() -> None:
    """1 Muharram 1446 to 1 Muharram 1448 (DOMAIN.md 2)."""
    assert years_after(date(2024, 7, 7), 2, "hijri") == date(2026, 6, 16)


@given(st.dates(date(1924, 8, 1), date(2070, 1, 1)), st.integers(0, 5))
def test_hijri_years_keep_month_and_day(day: date, years: int) -> None:
    """Clamped by one day at most."""
    before, after = hijri(day), hijri(years_after(day, years, "hijri"))

    assert (after.year, after.month) == (before.year + years, before.month)
    assert after.day == min(before.day, after.month_length())


@pytest.mark.parametrize(
    ("day", "years"), [(date(2077, 1, 1), 2), (date(2078, 1, 1), 1), (date(1924, 1, 1), 1)]
)
def test_beyond_the_hijri_table_there_is_no_day(day: date, years: int) -> None:
    """The refusal is a rule's, not a crash."""
    with pytest.raises(ValueRefused) as refused:
        years_after(day, years, "hijri")

    assert refused.value.code == "date_out_of_range"
