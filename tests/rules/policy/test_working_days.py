"""The one calendar: the week from Sunday to Thursday, holidays, and what policy says otherwise."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.policy.policy import parse_policy
from rules.policy.reader import PolicyInvalid
from rules.policy.working_days import DayOff, NoWorkingDay, Weekday, WorkingDays
from support.policies import FROZEN

SAUDI = WorkingDays(
    weekend=(Weekday.FRIDAY, Weekday.SATURDAY), holidays_of="SA", also_off=(), not_off=()
)
WEEKS = replace(SAUDI, holidays_of="")
#: A Thursday.
THURSDAY = date(2026, 1, 15)
DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))
SOME_DAYS = st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20)


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        (THURSDAY, 0, THURSDAY),
        (THURSDAY, 1, date(2026, 1, 18)),
        (THURSDAY, 5, date(2026, 1, 22)),
        (THURSDAY, 6, date(2026, 1, 25)),
        (date(2026, 1, 16), 1, date(2026, 1, 18)),
        (date(2026, 1, 18), -1, THURSDAY),
        (date(2026, 1, 17), -1, THURSDAY),
    ],
)
def test_friday_and_saturday_do_not_count(start: date, n: int, expected: date) -> None:
    """After Thursday comes Sunday."""
    assert WEEKS.add(start, n) == expected


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        # Eid al-Adha 1448 with the weekend before it: due after the holidays.
        (date(2027, 5, 12), 5, date(2027, 5, 25)),
        # Eid al-Fitr 1447 and the days observed after it.
        (date(2026, 3, 18), 1, date(2026, 3, 25)),
        # Founding Day and National Day.
        (date(2026, 2, 19), 1, date(2026, 2, 23)),
        (date(2026, 9, 22), 1, date(2026, 9, 24)),
        (date(2026, 9, 24), -1, date(2026, 9, 22)),
    ],
)
def test_public_holidays_do_not_count(start: date, n: int, expected: date) -> None:
    """Nobody decides on them."""
    assert SAUDI.add(start, n) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2026, 1, 11), THURSDAY, id="Sunday"),
        pytest.param(THURSDAY, THURSDAY, id="Thursday itself"),
        pytest.param(date(2026, 1, 16), date(2026, 1, 22), id="Friday: the week after"),
        pytest.param(date(2026, 1, 17), date(2026, 1, 22), id="Saturday: the week after"),
    ],
)
def test_a_week_ends_on_the_day_before_its_weekend(day: date, expected: date) -> None:
    """A holiday there changes nothing: the week ends all the same."""
    closed = replace(WEEKS, also_off=(THURSDAY,))

    assert (WEEKS.before_weekend(day), closed.before_weekend(day)) == (expected, expected)


def test_without_a_weekend_no_week_ends() -> None:
    """An installation may work every day."""
    assert replace(WEEKS, weekend=()).before_weekend(THURSDAY) is None


def test_what_is_announced_counts_before_the_estimate() -> None:
    """The moon was seen a day later: policy moves the first day of the holiday to its end."""
    first, later = date(2027, 3, 9), date(2027, 3, 15)
    moved = replace(SAUDI, also_off=(later,), not_off=(first,))

    assert (SAUDI.day_off(first), SAUDI.day_off(later)) == (DayOff.PUBLIC_HOLIDAY, None)
    assert (moved.day_off(first), moved.day_off(later)) == (None, DayOff.PUBLIC_HOLIDAY)
    assert moved.next_after(date(2027, 3, 8)) == first


def test_a_weekend_may_be_worked() -> None:
    """Policy says so of a day."""
    saturday = date(2026, 1, 17)

    assert replace(SAUDI, not_off=(saturday,)).next_after(THURSDAY) == saturday


@given(DAYS, st.integers(1, 60))
def test_the_result_is_a_working_day_and_one_more_is_later(start: date, n: int) -> None:
    """Counting is monotonous and always arrives on a working day."""
    reached = SAUDI.add(start, n)

    assert SAUDI.day_off(reached) is None
    assert start < reached < SAUDI.add(start, n + 1)


@given(DAYS, st.integers(1, 60), SOME_DAYS, SOME_DAYS)
def test_so_many_working_days_lie_between(
    start: date, n: int, also_off: list[date], not_off: list[date]
) -> None:
    """Counted one by one, forward and backward, whatever policy adds and takes away."""
    calendar = replace(SAUDI, also_off=tuple(also_off), not_off=tuple(not_off))
    ahead, back = calendar.add(start, n), calendar.add(start, -n)

    passed = [start + timedelta(days=d + 1) for d in range((ahead - start).days)]
    before = [start - timedelta(days=d + 1) for d in range((start - back).days)]
    assert sum(calendar.day_off(day) is None for day in passed) == n
    assert sum(calendar.day_off(day) is None for day in before) == n


@given(DAYS, st.integers(1, 30))
def test_back_from_where_one_came_to_is_the_same_day(start: date, n: int) -> None:
    """Where it is a working day."""
    day = SAUDI.at_or_after(start)

    assert SAUDI.add(SAUDI.add(day, n), -n) == day


def test_a_working_day_is_the_first_at_or_after_itself() -> None:
    """And a day off gives way to the next one."""
    assert SAUDI.at_or_after(THURSDAY) == THURSDAY
    assert SAUDI.at_or_after(THURSDAY + timedelta(days=1)) == THURSDAY + timedelta(days=3)


def test_a_calendar_without_working_days_is_a_fault() -> None:
    """Instead of a search without an end."""
    year = tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(200))

    with pytest.raises(NoWorkingDay):
        replace(SAUDI, also_off=year).next_after(THURSDAY)


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (
            ('holidays_of = "SA"', 'holidays_of = "XX"'),
            "holidays_of",
            "is not a country whose holidays are known",
        ),
        (
            ("also_off = []", "also_off = [2027-03-09T10:00:00]"),
            "also_off",
            "must be a day such as",
        ),
        (("also_off = []", 'also_off = ["2027-03-09"]'), "also_off", "must be a day such as"),
        (
            ("also_off = []\n", "also_off = [2027-03-09]\nnot_off = [2027-03-09]\n#"),
            "not_off",
            "must not name a day that is in also_off",
        ),
        (
            ('weekend = ["friday", "saturday"] ', f"weekend = {[str(day) for day in Weekday]} "),
            "weekend",
            "must leave a working day",
        ),
    ],
)
def test_what_policy_says_wrongly_is_named(change: tuple[str, str], key: str, says: str) -> None:
    """With its key, before anything starts."""
    text = FROZEN.read_text(encoding="utf-8")
    assert change[0] in text
    if key == "not_off":
        text = text.replace("\nnot_off = []\n", "\n")

    with pytest.raises(PolicyInvalid, match=rf"working_days\.{key}: {says}"):
        parse_policy(text.replace(*change), filename="policy.toml")


def test_reminders_and_reviews_go_by_one_calendar() -> None:
    """A day that policy adds is a day off for both."""
    text = FROZEN.read_text(encoding="utf-8").replace("also_off = []", "also_off = [2026-01-18]")

    policy = parse_policy(text, filename="policy.toml")

    assert policy.working_days.next_after(THURSDAY) == date(2026, 1, 19)
    assert policy.reminders.working_days == policy.working_days
