"""The clock of a review: it goes while the house has the request, and stands otherwise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.policy.policy import Policy, parse_policy
from rules.policy.working_days import WorkingDays
from rules.requests.review_clock import Stay, days_used, due_day
from support.policies import FROZEN

POLICY: Policy = parse_policy(FROZEN.read_text(encoding="utf-8"), filename="policy.toml")
SAUDI: WorkingDays = POLICY.working_days
ALLOWED = POLICY.review.due_working_days
LEAST = POLICY.review.least_working_days_after_correction
#: A Sunday in a week without a holiday.
SUNDAY = date(2026, 1, 11)
THURSDAY = SUNDAY + timedelta(days=4)
#: Over weekends, both Eids and the year's end.
DAYS = st.dates(date(2026, 1, 1), date(2028, 1, 1))
PAUSES = st.integers(0, 40)


def stay(came: date, left: date) -> Stay:
    """From one day to another."""
    return Stay(came=came, left=left)


def due(came: date, *before: Stay) -> date:
    """By policy as it is."""
    return due_day(came, before, review=POLICY.review, calendar=SAUDI)


@st.composite
def histories(draw: st.DrawFn) -> list[Stay]:
    """Some returns, each after a while, and each corrected after a while."""
    day, found = draw(DAYS), []
    for _ in range(draw(st.integers(1, 4))):
        left = day + timedelta(days=draw(st.integers(0, 15)))
        found.append(stay(day, left))
        day = left + timedelta(days=draw(PAUSES))
    return found


@pytest.mark.parametrize(
    ("left", "corrected", "expected"),
    [
        pytest.param(SUNDAY, THURSDAY, date(2026, 1, 22), id="returned at once: all five"),
        pytest.param(date(2026, 1, 13), THURSDAY, date(2026, 1, 20), id="two used: three left"),
        pytest.param(date(2026, 1, 14), THURSDAY, date(2026, 1, 19), id="three used: two left"),
        pytest.param(THURSDAY, THURSDAY, date(2026, 1, 19), id="four used: not one but two"),
        pytest.param(date(2026, 1, 17), date(2026, 1, 17), date(2026, 1, 19), id="on a Saturday"),
        pytest.param(date(2026, 2, 15), date(2026, 2, 15), date(2026, 2, 17), id="it was late"),
        # Founding Day, a Sunday, counts for nobody.
        pytest.param(SUNDAY, date(2026, 2, 19), date(2026, 3, 1), id="corrected before a holiday"),
    ],
)
def test_after_a_correction_the_days_that_were_left_go_on(
    left: date, corrected: date, expected: date
) -> None:
    """It came on a Sunday and has five working days, two of them at least after its correction."""
    assert due(corrected, stay(SUNDAY, left)) == expected


@given(DAYS)
def test_what_comes_for_the_first_time_has_all_days(came: date) -> None:
    """Nothing was used."""
    assert due(came) == SAUDI.add(came, ALLOWED)


@given(DAYS, st.integers(0, 15))
def test_returned_and_corrected_on_one_day_it_stays_due_when_it_was(came: date, days: int) -> None:
    """As long as so many days are left; then it has those that policy leaves."""
    left = came + timedelta(days=days)

    assert due(left, stay(came, left)) == max(SAUDI.add(came, ALLOWED), SAUDI.add(left, LEAST))


@given(histories(), PAUSES)
def test_the_days_of_the_applicant_do_not_count(before: list[Stay], pause: int) -> None:
    """However long the correction takes, as many working days are left."""
    left = before[-1].left
    corrected = left + timedelta(days=pause)

    assert SAUDI.between(corrected, due(corrected, *before)) == SAUDI.between(
        left, due(left, *before)
    )


@given(histories())
def test_the_house_has_its_days_in_all_or_the_least(before: list[Stay]) -> None:
    """Several returns use up the same days; whoever gets the correction always has some."""
    corrected = before[-1].left + timedelta(days=3)
    left = SAUDI.between(corrected, due(corrected, *before))

    assert left == max(ALLOWED - days_used(before, SAUDI), LEAST)
    assert LEAST <= left <= ALLOWED


@given(histories())
def test_no_day_is_used_twice(before: list[Stay]) -> None:
    """A day on which it was returned, corrected and returned again is one day."""
    whole = SAUDI.between(before[0].came, before[-1].left)

    assert days_used(before, SAUDI) <= whole


@given(DAYS, st.integers(0, 60))
def test_so_many_days_lie_between_as_are_added(start: date, n: int) -> None:
    """Counting forth and counting between are one calendar."""
    assert SAUDI.between(start, SAUDI.add(start, n)) == n
    assert SAUDI.between(start, start - timedelta(days=n)) == 0
