"""Days of absence: which may be said, and when somebody is back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.policy.policy import parse_policy
from rules.requests.absences import (
    MOST_DAYS,
    AwayAlready,
    DaysAway,
    NotDaysToBeAway,
    back_on,
    check_days,
)
from support.policies import FROZEN

SAUDI = parse_policy(FROZEN.read_text(encoding="utf-8"), filename="policy.toml").working_days
#: A Monday.
TODAY = date(2026, 11, 23)
AHEAD = st.integers(0, 30)


def days(first: int, last: int) -> DaysAway:
    """So many days from today on."""
    return DaysAway(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


def test_today_alone_and_a_whole_year_are_days_of_absence() -> None:
    """And whatever lies between two others."""
    check_days(days(0, 0), [], today=TODAY)
    check_days(days(0, MOST_DAYS - 1), [], today=TODAY)
    check_days(days(2, 4), [days(0, 1), days(5, 5)], today=TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        days(-1, 3),
        days(3, 2),
        days(0, MOST_DAYS),
        DaysAway(date.min, date.min),
        DaysAway(TODAY, date.max),
        DaysAway(date.max, date.max - timedelta(days=1)),
    ],
)
def test_other_days_are_refused(wrong: DaysAway) -> None:
    """Past ones, an end before the beginning, and more than a year."""
    with pytest.raises(NotDaysToBeAway):
        check_days(wrong, [], today=TODAY)


@given(AHEAD, AHEAD, AHEAD, AHEAD)
def test_days_are_said_once(first: int, more: int, other: int, others: int) -> None:
    """Refused exactly where a day is in both; the refusal names what stands."""
    said, stands = days(first, first + more), days(other, other + others)
    shared = set(range(first, first + more + 1)) & set(range(other, other + others + 1))

    if shared:
        with pytest.raises(AwayAlready) as refused:
            check_days(said, [stands], today=TODAY)
        assert (refused.value.first, refused.value.last) == (stands.first, stands.last)
    else:
        check_days(said, [stands], today=TODAY)


@pytest.mark.parametrize(
    ("absences", "expected"),
    [
        pytest.param([days(0, 1)], date(2026, 11, 25), id="Monday and Tuesday: on Wednesday"),
        pytest.param([days(0, 3)], date(2026, 11, 29), id="until Thursday: on Sunday"),
        pytest.param([days(6, 8), days(0, 3)], date(2026, 12, 2), id="the next begins on Sunday"),
        pytest.param([days(0, 0), days(2, 3)], date(2026, 11, 24), id="a day between"),
    ],
)
def test_somebody_is_back_on_a_working_day_on_which_they_are_here(
    absences: list[DaysAway], expected: date
) -> None:
    """Absences that follow each other are one."""
    assert back_on(absences, TODAY, SAUDI) == expected


@given(st.lists(st.tuples(AHEAD, AHEAD), max_size=4))
def test_nobody_is_back_while_away(spans: list[tuple[int, int]]) -> None:
    """Nor on a day off, and on no later day than the first that is neither."""
    absences = [days(first, first + more) for first, more in spans]

    found = back_on(absences, TODAY, SAUDI)

    between = [TODAY + timedelta(days=n + 1) for n in range((found - TODAY).days)]
    free = [
        day
        for day in between
        if SAUDI.day_off(day) is None and not any(one.holds(day) for one in absences)
    ]
    assert free == [found]
