"""Thresholds: in words, and when one has passed."""

from datetime import date, timedelta

import pytest

from rules.policy.thresholds import Thresholds, Topic, said_threshold

ANCHOR = date(2027, 1, 25)


@pytest.mark.parametrize(
    ("topic", "left", "words"),
    [
        (Topic.CARD, 30, "30 days left"),
        (Topic.CARD, 2, "2 days left"),
        (Topic.CARD, 1, "1 day left"),
        (Topic.CARD, 0, "last day"),
        (Topic.CARD, -1, "1 day past"),
        (Topic.CARD, -14, "14 days past"),
        (Topic.PROFILE, -365, "365 days unconfirmed"),
    ],
)
def test_a_threshold_is_said_in_words(topic: Topic, left: int, words: str) -> None:
    """For tables: before the day, on it, after it, and since a confirmation."""
    assert said_threshold(topic, left) == words


@pytest.mark.parametrize(
    ("days_left", "threshold", "has_passed"),
    [
        (31, 30, False),
        (30, 30, False),
        (8, 30, False),
        (7, 30, True),
        (7, 7, False),
        (-1, 7, False),
        (-2, 7, True),
        (-2, -2, False),
        (-10, -2, False),
        (-11, -2, True),
    ],
)
def test_a_threshold_has_passed_when_the_next_one_is_there(
    days_left: int, threshold: int, has_passed: bool
) -> None:
    """Or when all is over."""
    thresholds = Thresholds(days_left=(30, 7, -2), last_day_left=-10)
    day = ANCHOR - timedelta(days=days_left)

    assert thresholds.has_passed(threshold, ANCHOR, day) is has_passed


def test_the_last_threshold_never_passes_where_there_is_no_end() -> None:
    """A profile stays unconfirmed until somebody confirms it."""
    thresholds = Thresholds(days_left=(-365,), last_day_left=None)

    assert not thresholds.has_passed(-365, ANCHOR, ANCHOR + timedelta(days=9_999))
