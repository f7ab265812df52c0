"""When a card may be renewed, day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.card_renewal.window import Window, WindowState, renewal_window
from rules.policy.policy import Policy
from support.card_judge import CARD


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2025, 12, 30), "too_early"),
        (date(2025, 12, 31), "open"),
        (date(2026, 3, 31), "open"),
        (date(2026, 4, 1), "grace"),
        (date(2026, 4, 30), "grace"),
        (date(2026, 5, 1), "late"),
        (date(2027, 3, 31), "late"),
        (date(2027, 4, 1), "too_late"),
    ],
)
def test_each_boundary_day_belongs_to_one_state(policy: Policy, today: date, state: str) -> None:
    """A card that expires on 31 March 2026; the last days count."""
    assert renewal_window(CARD, today, policy).state == WindowState(state)


def test_the_windows_days_are_the_same_on_every_day(policy: Policy) -> None:
    """Only the state depends on today."""
    assert renewal_window(CARD, date(2026, 3, 15), policy) == Window(
        state=WindowState.OPEN,
        opens_on=date(2025, 12, 31),
        expires_on=date(2026, 3, 31),
        penalty_free_until=date(2026, 4, 30),
        last_day=date(2027, 3, 31),
    )


@pytest.mark.parametrize(
    ("expires_on", "opens_on", "free_until"),
    [
        (date(2024, 2, 29), date(2023, 12, 1), date(2024, 3, 30)),
        (date(2024, 3, 31), date(2024, 1, 1), date(2024, 4, 30)),
        (date(2025, 3, 31), date(2024, 12, 31), date(2025, 4, 30)),
    ],
)
def test_leap_days_are_days(
    policy: Policy, expires_on: date, opens_on: date, free_until: date
) -> None:
    """The window is counted in days, not in months."""
    window = renewal_window(replace(CARD, expires_on=expires_on), expires_on, policy)

    assert (window.opens_on, window.penalty_free_until) == (opens_on, free_until)


@given(st.integers(-200, 800))
def test_a_later_day_is_never_an_earlier_state(policy: Policy, days: int) -> None:
    """The states follow each other in their order."""
    order = list(WindowState)
    today = CARD.expires_on + timedelta(days=days)

    state = renewal_window(CARD, today, policy).state
    tomorrow = renewal_window(CARD, today + timedelta(days=1), policy).state

    assert order.index(tomorrow) - order.index(state) in {0, 1}
