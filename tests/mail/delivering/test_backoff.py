from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.delivering.backoff import WAITS, next_attempt

NOW = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)


def test_the_first_retry_comes_after_a_minute() -> None:
    """Most faults are short."""
    assert next_attempt(1, NOW) == NOW + timedelta(minutes=1)


@pytest.mark.parametrize("attempts", range(1, len(WAITS)))
def test_waits_never_become_shorter(attempts: int) -> None:
    """Patience grows."""
    this, later = next_attempt(attempts, NOW), next_attempt(attempts + 1, NOW)

    assert this is not None
    assert later is not None
    assert later >= this


def test_it_gives_up_after_the_last_wait() -> None:
    """None means give up."""
    assert next_attempt(len(WAITS), NOW) is not None
    assert next_attempt(len(WAITS) + 1, NOW) is None


def test_all_the_waits_fit_into_two_days() -> None:
    """An activation link lives longer than its letter is tried."""
    assert timedelta(hours=47) < sum(WAITS, timedelta()) <= timedelta(hours=48)


def test_a_letter_that_was_never_tried_is_due_now() -> None:
    """No attempt, no wait."""
    assert next_attempt(0, NOW) == NOW


@given(st.integers(1, 10_000))
def test_what_waits_because_of_us_is_never_given_up(attempts: int) -> None:
    """And is tried within the hour, since somebody is mending it."""
    again = next_attempt(attempts, NOW, about_us=True)

    assert again is not None
    assert NOW < again <= NOW + timedelta(hours=1)
