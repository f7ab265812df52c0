"""Days in three boxes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.findings.problems import ValueRefused
from rules.values.dates import hijri, parse_date
from rules.values.typed_days import GREGORIAN, HIJRI, TypedDay, as_boxes, boxes_of


@given(st.dates(date(1925, 1, 1), date(2077, 1, 1)))
def test_a_day_stays_the_same_through_the_boxes_of_both_calendars(day: date) -> None:
    """Written back in the calendar it came in."""
    islamic = hijri(day)
    in_hijri = TypedDay(str(islamic.day), str(islamic.month), str(islamic.year), HIJRI)

    assert parse_date(as_boxes(day).text) == day
    assert parse_date(in_hijri.text) == day
    assert boxes_of(as_boxes(day).text) == as_boxes(day)
    assert boxes_of(in_hijri.text) == in_hijri


@pytest.mark.parametrize(
    ("boxes", "day"),
    [
        (TypedDay("17", "April", "1988"), date(1988, 4, 17)),
        (TypedDay("١٧", "٤", "١٩٨٨"), date(1988, 4, 17)),
        (TypedDay(" 17 ", "أبريل", "1988"), date(1988, 4, 17)),
        (TypedDay("1", "رمضان", "1447", HIJRI), date(2026, 2, 18)),
        (TypedDay("1", "Sept.", "2025"), date(2025, 9, 1)),
    ],
)
def test_months_have_names_and_digits_are_of_any_script(boxes: TypedDay, day: date) -> None:
    """As people write them."""
    assert parse_date(boxes.text) == day


@pytest.mark.parametrize(
    "boxes",
    [
        TypedDay("17", "4", "1988", HIJRI),
        TypedDay("1", "9", "1447", GREGORIAN),
        TypedDay("17", "", "1988"),
        TypedDay("", "", "1988"),
        TypedDay("17", "رمضان", "1988"),
        TypedDay("1", "1", "9" * 10_000),
        TypedDay("\x00", "1", "1988"),
    ],
)
def test_what_is_no_day_is_refused(boxes: TypedDay) -> None:
    """The other calendar's year, a box left empty, another calendar's month, nonsense."""
    with pytest.raises(ValueRefused):
        parse_date(boxes.text)


def test_no_box_is_no_date() -> None:
    """Whatever calendar is chosen: an optional date was left out."""
    assert TypedDay(" ", "", "\t", HIJRI).text == ""
    assert boxes_of("") == TypedDay()


@given(st.builds(TypedDay, *[st.text()] * 4))
def test_no_text_breaks_the_boxes(boxes: TypedDay) -> None:
    """It is a text, whatever was typed; whether it is a day, `parse_date` says."""
    assert isinstance(boxes.text, str)


def test_the_boxes_of_a_day_say_their_calendar() -> None:
    """A form shows it chosen."""
    assert as_boxes(date(1988, 4, 17)) == TypedDay("17", "4", "1988", "gregorian")
