"""Thresholds in words."""

import pytest

from rules.policy.thresholds import About, said_threshold


@pytest.mark.parametrize(
    ("about", "left", "words"),
    [
        (About.CARD, 30, "30 days left"),
        (About.CARD, 2, "2 days left"),
        (About.CARD, 1, "1 day left"),
        (About.CARD, 0, "last day"),
        (About.CARD, -1, "1 day past"),
        (About.CARD, -14, "14 days past"),
        (About.PROFILE, -365, "365 days unconfirmed"),
    ],
)
def test_a_threshold_is_said_in_words(about: About, left: int, words: str) -> None:
    """For tables: before the day, on it, after it, and since a confirmation."""
    assert said_threshold(about, left) == words
