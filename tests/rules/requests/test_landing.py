"""When a decision that can be taken back lands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.requests.landing import NOT_LANDED, Landing, is_due

PUT_DOWN = datetime(2026, 11, 25, 9, tzinfo=UTC)
WAITS = timedelta(seconds=10)
LANDS = PUT_DOWN + WAITS
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "is_so"),
    [
        (PUT_DOWN, False),
        (LANDS - MOMENT, False),
        (LANDS, True),
        (LANDS + timedelta(days=400), True),
        (PUT_DOWN - WAITS, False),
        (PUT_DOWN - WAITS - MOMENT, True),
    ],
)
def test_it_lands_at_its_instant_and_where_the_clock_was_set_back(
    now: datetime, *, is_so: bool
) -> None:
    """The clocks of two machines may differ by less than it waits; more is no difference."""
    assert is_due(PUT_DOWN, LANDS, now) is is_so


@given(
    st.timedeltas(min_value=MOMENT, max_value=timedelta(minutes=2)),
    st.timedeltas(min_value=timedelta(days=-1000), max_value=timedelta(days=1000)),
)
def test_no_clock_lets_it_wait_for_more_than_twice_its_time(
    waits: timedelta, set_by: timedelta
) -> None:
    """However far it is set, at whatever moment."""
    now = PUT_DOWN + set_by

    assert any(
        is_due(PUT_DOWN, PUT_DOWN + waits, now + passed) for passed in (timedelta(), 2 * waits)
    )


def test_what_did_not_land_was_not_taken_back() -> None:
    """Every other end is a refusal."""
    assert frozenset(Landing) == NOT_LANDED | {Landing.LANDED, Landing.TAKEN_BACK}
    assert Landing.NOT_APPROVABLE in NOT_LANDED
    assert Landing.TAKEN_BACK not in NOT_LANDED
