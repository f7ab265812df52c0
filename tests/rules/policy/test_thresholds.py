"""Thresholds in words."""

import pytest

from rules.policy.thresholds import Topic, said_threshold


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
