"""Dates in two calendars, ages, months and Riyadh's days."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hijridate import Hijri
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.dates import NaiveInstant, age_on, hijri, months_before, parse_date, riyadh_day

DAYS = st.dates(date(1924, 8, 1), date(2077, 11, 16))


@given(DAYS)
def test_a_day_is_read_back_from_its_hijri_and_its_gregorian_text(day: date) -> None:
    """Both calendars lead to the same day, whatever the separator."""
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.isoformat().replace("-", "/")) == day
    assert parse_date(hijri(day).isoformat()) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1446-01-01", date(2024, 7, 7)),
        ("1448-01-01", date(2026, 6, 16)),
        ("١٤٤٦/١/١", date(2024, 7, 7)),
        ("۲۰۲۴-۰۷-۰۷", date(2024, 7, 7)),
        (" 2024-2-29 ", date(2024, 2, 29)),
        ("21/07/1402", date(1982, 5, 14)),
        ("01/07/1402", date(1982, 4, 24)),
        ("21/04/1988", date(1988, 4, 21)),
        ("04/21/1988", date(1988, 4, 21)),
        ("05/05/1988", date(1988, 5, 5)),
        ("1988-04-21 00:00:00", date(1988, 4, 21)),
        ("1988-04-21T00:00:00.000", date(1988, 4, 21)),
        ("1988 / 4 / 21", date(1988, 4, 21)),
        ("1988-04-21T00:00:00Z", date(1988, 4, 21)),
        ("21.4.1988", date(1988, 4, 21)),
        ("1988\u22154\u221521", date(1988, 4, 21)),
        ("21\u204404\u20441988", date(1988, 4, 21)),
        ("１９８８／０４／２１", date(1988, 4, 21)),
        ("1402.07.21", date(1982, 5, 14)),
        ("1402/07/21هـ", date(1982, 5, 14)),
        ("21/07/1402 ه", date(1982, 5, 14)),
        ("1402-07-21 AH", date(1982, 5, 14)),
        ("1988/4/21م", date(1988, 4, 21)),
        ("1988-04-21 g", date(1988, 4, 21)),
        ("1343-01-01", date(1924, 8, 1)),
        ("1500-12-30", date(2077, 11, 16)),
        ("1900-01-01", date(1900, 1, 1)),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, expected: date) -> None:
    """Short months, slashes and Arabic digits are understood."""
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2023-02-29", "date_impossible"),
        ("2024-13-01", "date_impossible"),
        ("2024-00-10", "date_impossible"),
        ("1446-13-01", "date_impossible"),
        ("1446-02-31", "date_impossible"),
        ("0000-01-01", "date_impossible"),
        ("1342-12-29", "date_out_of_range"),
        ("1300-01-01", "date_out_of_range"),
        ("1299-01-01", "date_out_of_range"),
        ("1501-01-01", "date_out_of_range"),
        ("1899-12-31", "date_out_of_range"),
        ("2077-11-17", "date_out_of_range"),
        ("9999-12-31", "date_out_of_range"),
        ("01-02-2024", "date_ambiguous"),
        ("11/04/1988", "date_ambiguous"),
        ("12/04/1988", "date_ambiguous"),
        ("04/12/1988", "date_ambiguous"),
        ("13/13/2024", "date_impossible"),
        ("1-2-24", "date_form"),
        ("2024-02/01", "date_form"),
        ("1402/07/21م", "date_form"),
        ("2024/02/01هـ", "date_form"),
        ("هـ", "date_form"),
        ("2024-02-01T00:01", "date_form"),
        ("2024-02-01 12:00:00", "date_form"),
        ("²024-01-01", "date_form"),
        ("2024-01-01\n", "hidden_characters"),
        ("", "date_form"),
        ("1" * 10_000_000, "date_form"),
    ],
)
def test_a_date_that_cannot_be_is_refused(text: str, code: str) -> None:
    """The refusal tells form, calendar and range apart."""
    with pytest.raises(ValueRefused) as refused:
        parse_date(text)

    assert refused.value.code == code


def test_the_thirtieth_of_a_29_day_hijri_month_is_refused() -> None:
    """Umm al-Qura months have 29 or 30 days, and the calendar knows which."""
    short = next(month for month in range(1, 13) if Hijri(1446, month, 1).month_length() == 29)

    with pytest.raises(ValueRefused) as refused:
        parse_date(f"1446-{short:02}-30")

    assert refused.value.code == "date_impossible"


@given(st.text(max_size=30))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    """Whatever is typed is a day or a refused value."""
    with suppress(ValueRefused):
        assert parse_date(text).year >= 1900


def test_a_day_before_the_hijri_table_has_no_hijri_date() -> None:
    """The calendar's table begins on 1924-08-01."""
    with pytest.raises(ValueRefused):
        hijri(date(1924, 7, 31))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 14, 20, 59, 59, tzinfo=UTC), date(2026, 3, 14)),
        (datetime(2026, 3, 14, 21, 0, tzinfo=UTC), date(2026, 3, 15)),
        (datetime(2026, 12, 31, 21, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_new_day_begins_in_riyadh_at_nine_in_the_evening_utc(
    instant: datetime, day: date
) -> None:
    """Riyadh is UTC+3 all year."""
    assert riyadh_day(instant) == day


def test_an_instant_without_a_zone_has_no_day() -> None:
    """A naive instant would be read in the machine's zone, which nobody chose."""
    with pytest.raises(NaiveInstant):
        riyadh_day(datetime(2026, 3, 14, 12, 0))  # noqa: DTZ001  # naive is the point


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1960, 3, 15), date(2025, 3, 14), 64),
        (date(1960, 3, 15), date(2025, 3, 15), 65),
        (date(1960, 3, 15), date(2026, 3, 14), 65),
        (date(1960, 3, 15), date(2026, 3, 15), 66),
        (date(1960, 2, 29), date(2026, 2, 28), 65),
        (date(1960, 2, 29), date(2026, 3, 1), 66),
        (date(1960, 2, 29), date(2024, 2, 29), 64),
        (date(2026, 3, 16), date(2026, 3, 15), -1),
    ],
)
def test_a_birthday_adds_a_year_and_no_day_earlier(born: date, day: date, age: int) -> None:
    """Full Gregorian years; 29 February is 1 March in common years."""
    assert age_on(born, day) == age


@pytest.mark.parametrize(
    ("day", "earlier"),
    [
        (date(2026, 5, 31), date(2026, 2, 28)),
        (date(2024, 5, 31), date(2024, 2, 29)),
        (date(2024, 5, 30), date(2024, 2, 29)),
        (date(2026, 3, 15), date(2025, 12, 15)),
        (date(2026, 2, 28), date(2025, 11, 28)),
        (date(2026, 12, 31), date(2026, 9, 30)),
        (date(2026, 4, 1), date(2026, 1, 1)),
    ],
)
def test_three_months_before_is_clamped_to_the_month(day: date, earlier: date) -> None:
    """Calendar months, not ninety days."""
    assert months_before(day, 3) == earlier


@given(DAYS, st.integers(0, 240))
def test_months_before_never_skips_a_month(day: date, months: int) -> None:
    """The result lies exactly that many months back, on the same or the last day."""
    earlier = months_before(day, months)

    assert (day.year - earlier.year) * 12 + day.month - earlier.month == months
    is_last = (earlier + timedelta(days=1)).day == 1
    assert earlier.day == day.day or (is_last and earlier.day < day.day)
