"""What answers mean, and when a webhook is tried again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.webhooks.answers import (
    ReceiverSays,
    given_up_after,
    meaning_of_status,
    next_try,
    rest_after,
)
from support.policies import frozen_policy
from support.requests import NOW

POLICY = replace(frozen_policy().webhooks, retry_minutes=(1, 5, 600))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (199, ReceiverSays.LATER),
        (200, ReceiverSays.TAKEN),
        (204, ReceiverSays.TAKEN),
        (299, ReceiverSays.TAKEN),
        (300, ReceiverSays.LATER),
        (307, ReceiverSays.LATER),
        (404, ReceiverSays.LATER),
        (409, ReceiverSays.LATER),
        (410, ReceiverSays.GONE),
        (411, ReceiverSays.LATER),
        (429, ReceiverSays.LATER),
        (500, ReceiverSays.LATER),
    ],
)
def test_a_status_says_one_thing(status: int, says: ReceiverSays) -> None:
    """Only 2xx is taken, and only 410 ends it."""
    assert meaning_of_status(status) is says


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 600), (4, None)])
def test_it_is_tried_as_often_as_policy_says(attempts: int, minutes: int | None) -> None:
    """With longer and longer pauses, and then no more."""
    expected = None if minutes is None else NOW + MINUTE * minutes

    assert next_try(attempts, NOW, NOW, POLICY) == expected


@pytest.mark.parametrize(("age", "is_given_up"), [(605, False), (606, True)])
def test_one_that_has_waited_as_long_is_given_up(age: int, *, is_given_up: bool) -> None:
    """However seldom it was tried: others found out that the receiver is away."""
    again = next_try(1, NOW - MINUTE * age, NOW, POLICY)

    assert (again is None) is is_given_up
    assert given_up_after(POLICY) == MINUTE * 606


@pytest.mark.parametrize(("failures", "minutes"), [(1, 1), (2, 5), (3, 60), (9, 60)])
def test_a_receiver_rests_for_an_hour_at_most(failures: int, minutes: int) -> None:
    """So that what waits leaves soon after it is back."""
    assert rest_after(failures, POLICY) == MINUTE * minutes
