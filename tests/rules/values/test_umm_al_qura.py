"""Where two tables of the Hijri calendar disagree."""

from datetime import date, timedelta

import pytest
from hijridate import Hijri
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.values.dates import is_typed_in_hijri, parse_date
from rules.values.umm_al_qura import are_one_hijri_day, day_by_kacst

YEARS, MONTHS = st.integers(1343, 1419), st.integers(1, 12)


def printed(year: int, month: int, day: int) -> date:
    """The day in the printed calendar."""
    return date(*Hijri(year, month, day).to_gregorian().datetuple())


@pytest.mark.parametrize(
    ("hijri", "day"),
    [
        ((1402, 7, 15), date(1982, 5, 9)),
        ((1404, 1, 24), date(1983, 10, 31)),
        ((1410, 1, 6), date(1989, 8, 8)),
        ((1364, 8, 29), date(1945, 8, 8)),
        ((1356, 3, 1), date(1937, 5, 12)),
        ((1357, 1, 1), date(1938, 3, 4)),
    ],
)
def test_the_table_of_kacst_is_the_published_one(hijri: tuple[int, int, int], day: date) -> None:
    """Days that others looked up there (hijridate issue 9, moment-hijri issue 105)."""
    assert day_by_kacst(*hijri) == day


@given(YEARS, MONTHS)
def test_every_month_has_29_or_30_days(year: int, month: int) -> None:
    """In its own table, and the next month begins the day after."""
    days = [day_by_kacst(year, month, day) for day in range(1, 32)]
    first, last = days[0], max(day for day in days if day)

    assert first is not None
    assert len([day for day in days if day]) in {29, 30}
    following = day_by_kacst(year + month // 12, month % 12 + 1, 1)
    assert following in {last + timedelta(days=1), None if year == 1419 and month == 12 else 0}


@given(YEARS, MONTHS, st.integers(1, 29))
def test_both_readings_of_a_hijri_date_are_one_day(year: int, month: int, day: int) -> None:
    """Whichever of them is on file."""
    assume(day <= Hijri(year, month, 1).month_length())  # five printed months have 28 days
    other = day_by_kacst(year, month, day)

    assert other is not None
    assert are_one_hijri_day(printed(year, month, day), other)
    assert are_one_hijri_day(other, printed(year, month, day))


def test_a_day_of_a_month_on_which_the_tables_agree_is_no_other_day() -> None:
    """Then somebody mistyped it."""
    assert not are_one_hijri_day(date(2005, 3, 10), date(2005, 3, 11))
    assert not are_one_hijri_day(date(1982, 5, 8), date(1982, 5, 10))
    assert not are_one_hijri_day(date(1905, 1, 1), date(1905, 1, 2))


def test_a_thirtieth_that_one_table_knows_is_read() -> None:
    """By that table; one that none knows is refused, see `test_dates`."""
    assert parse_date("1390-02-30") == date(1970, 5, 6)
    assert day_by_kacst(1390, 3, 30) is None


@pytest.mark.parametrize(
    ("year", "month"), [(1343, 9), (1345, 8), (1348, 12), (1349, 10), (1364, 8)]
)
def test_a_29th_that_was_not_printed_is_read_by_the_other_table(year: int, month: int) -> None:
    """It is a day for whoever used that table."""
    assert Hijri(year, month, 1).month_length() == 28
    assert parse_date(f"{year}-{month:02}-29") == day_by_kacst(year, month, 29)


@pytest.mark.parametrize(
    ("typed", "is_hijri"), [("15/7/1402", True), ("١٤٠٢-٠٧-١٥", True), ("1982-05-09", False)]
)
def test_what_was_typed_in_hijri_is_known(typed: str, is_hijri: bool) -> None:
    """However it was written."""
    assert is_typed_in_hijri(typed) is is_hijri


@pytest.mark.parametrize("year", [1342, 1421, 1500])
def test_no_table_of_ours_goes_beyond_its_years(year: int) -> None:
    """Before 1343 nobody knows; since 1420 the two are the same."""
    assert day_by_kacst(year, 2, 10) is None


@pytest.mark.parametrize("month", range(1, 13))
def test_the_first_year_beyond_the_table_is_not_known(month: int) -> None:
    """Though its first day ends the last year of the table."""
    assert day_by_kacst(1420, month, 10) is None
    assert day_by_kacst(1419, 12, 29) is not None
