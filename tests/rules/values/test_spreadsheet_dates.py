"""Dates in files: the day first where nothing else is possible, or where it is said."""

from datetime import date, time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.dates import hijri, parse_date
from rules.values.spreadsheet_dates import DateOrder, date_order, year_first

DAYS = st.dates(date(1924, 8, 1), date(2077, 11, 15))
MARKS = st.sampled_from(["", "\u200e", "\u200f", "\u2067", "\u200b"])
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
UNKNOWN, DAY, MONTH = DateOrder.UNKNOWN, DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST


def read(cell: str, order: DateOrder = UNKNOWN) -> date:
    return parse_date(year_first(cell, order))


def code_of(cell: str, order: DateOrder = UNKNOWN) -> str:
    with pytest.raises(ValueRefused) as refused:
        read(cell, order)
    return refused.value.code


@given(
    day=DAYS,
    form=st.sampled_from(
        [
            "{d:%Y-%m-%d}",
            "{d:%Y/%m/%d}",
            "{d:%Y.%m.%d}",
            "{d.year}/{d.month}/{d.day}",
            "{d:%d-%b-%Y}",
            "{d:%d %B %Y}",
            "{d:%b %d, %Y}",
            "{d.day}-{d:%b}-{d.year}",
        ]
    ),
    time=st.sampled_from(
        [
            "",
            " 00:00",
            " 00:00:00",
            "T00:00:00",
            "T00:00:00Z",
            "T00:00:00+03:00",
            " 0:00",
            " 00:00:00.000",
            " 12:00:00 AM",
            " 12:00:00 ص",
        ]
    ),
    mark=MARKS,
)
def test_a_date_that_can_be_read_in_one_way_is_read(
    day: date, form: str, time: str, mark: str
) -> None:
    """In every form that spreadsheets write, with a midnight behind it or without."""
    assert read(mark + form.format(d=day) + time + mark) == day


@given(
    day=DAYS,
    sep=st.sampled_from(["/", "-", "."]),
    padded=st.booleans(),
    in_arabic=st.booleans(),
)
def test_day_first_dates_are_read_where_the_file_proves_them(
    day: date, sep: str, padded: bool, in_arabic: bool
) -> None:
    """Also those that could be read in two ways."""
    parts = (f"{day.day:02}", f"{day.month:02}") if padded else (str(day.day), str(day.month))
    typed = sep.join((*parts, str(day.year)))
    assume(day.day != day.month)

    assert read(typed.translate(ARABIC) if in_arabic else typed, DAY) == day


@given(
    day=DAYS, calendar=st.sampled_from(["", "هـ", " هـ", "ه", " AH"]), sep=st.sampled_from("/-.")
)
def test_a_hijri_date_is_read_as_the_card_prints_it(day: date, calendar: str, sep: str) -> None:
    """The day first, whatever the rest of the file proves: nobody writes it otherwise."""
    in_hijri = hijri(day)
    typed = f"{in_hijri.day:02}{sep}{in_hijri.month:02}{sep}{in_hijri.year}{calendar}"

    for order in DateOrder:
        assert read(typed, order) == day


def test_the_date_on_the_saudi_card_is_read() -> None:
    """21 Rajab 1402."""
    assert read("21/07/1402") == date(1982, 5, 14)


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], UNKNOWN),
        (["11/04/1988", "01-02-1990"], UNKNOWN),
        (["12/12/1988", "01-12-1990"], UNKNOWN),
        (["11/04/1988", "13/04/1988"], DAY),
        (["13/04/1402", "13/04/1988"], DAY),
        (["11/04/1988", "04/13/1988"], MONTH),
        (["13/04/1988", "04/13/1988"], MONTH),
        (["13/04/1402", "11/04/1988"], UNKNOWN),
        (["13/04/1988 00:00:00", "x", "1988-04-13"], DAY),
        (["\u200f١٣/٠٤/١٩٨٨ م"], DAY),
    ],
)
def test_what_the_dates_of_a_file_prove(cells: list[str], order: DateOrder) -> None:
    """One that begins with its month makes all doubtful: spreadsheets turn some round, not all."""
    assert date_order(cells) is order


@pytest.mark.parametrize(
    ("cell", "order", "code"),
    [
        ("11/04/1988", UNKNOWN, "date_order_unknown"),
        ("12/04/1988", UNKNOWN, "date_order_unknown"),
        ("11/12/1988", UNKNOWN, "date_order_unknown"),
        ("11/04/1988", MONTH, "date_month_first"),
        ("04/25/1988", DAY, "date_impossible"),
        ("32243", UNKNOWN, "date_serial"),
        ("32243.0", UNKNOWN, "date_serial"),
        ("1988-04-11 14:30", UNKNOWN, "date_with_time"),
        ("1988-04-11T00:00:00-05:00", UNKNOWN, "date_with_time"),
        ("1988-04-11 12:00:00 PM", UNKNOWN, "date_with_time"),
        ("11/04/88", DAY, "date_form"),
        ("11 Foo 1988", UNKNOWN, "date_form"),
        ("1988-04-11 هـ", UNKNOWN, "date_form"),
        ("1402-07-21 م", UNKNOWN, "date_form"),
        ("31/02/1988", DAY, "date_impossible"),
        ("", UNKNOWN, "date_form"),
        ("1988/04-11", UNKNOWN, "date_form"),
    ],
)
def test_what_is_doubtful_is_named(cell: str, order: DateOrder, code: str) -> None:
    """Each with its own cure."""
    assert code_of(cell, order) == code


@pytest.mark.parametrize("order", [UNKNOWN, MONTH])
@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("05/05/1990", date(1990, 5, 5)),
        ("25 / 04 / 1988", date(1988, 4, 25)),
        ("04/25/1988", date(1988, 4, 25)),
        ("13/04/1988", date(1988, 4, 13)),
        ("04/13/1988", date(1988, 4, 13)),
    ],
)
def test_a_date_that_is_possible_in_one_way_alone_is_read(
    cell: str, day: date, order: DateOrder
) -> None:
    """Whatever the other dates of the file prove."""
    assert read(cell, order) == day


@given(cell=st.text(max_size=30), order=st.sampled_from(list(DateOrder)))
def test_any_text_is_a_date_or_refused(cell: str, order: DateOrder) -> None:
    """Nothing that a file holds breaks the reader."""
    try:
        found: date | str = read(cell, order)
    except ValueRefused as refused:
        found = refused.code

    assert isinstance(found, date) or found.startswith(("date_", "hidden_"))


@given(day=DAYS, at=st.times())
def test_a_time_that_is_not_midnight_is_never_dropped(day: date, at: time) -> None:
    """It may be another day in Riyadh."""
    assume((at.hour, at.minute, at.second) != (0, 0, 0))

    assert code_of(f"{day}T{at:%H:%M:%S}") == "date_with_time"


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("13/04/1988 م", "1988-04-13"),
        ("17 April 1988 AD", "1988-04-17"),
        ("01/09/1447هـ", "1447-09-01"),
    ],
)
def test_the_calendar_behind_a_date_is_not_part_of_it(cell: str, written: str) -> None:
    """Where it is that of the year."""
    assert year_first(cell, UNKNOWN) == written
