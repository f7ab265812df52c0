"""When a card may be renewed (DOMAIN.md 1.3 [14][15][16])."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from rules.policy.policy import Policy
from rules.register.card import CardOnFile


class WindowState(StrEnum):
    """Where a day lies, seen from the card's expiry."""

    TOO_EARLY = "too_early"
    #: From the opening to the last day of validity.
    OPEN = "open"
    #: Expired, and still without a fine.
    GRACE = "grace"
    #: Expired, with a fine.
    LATE = "late"
    #: A new registration is needed.
    TOO_LATE = "too_late"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The days of a card's renewal, each of them inclusive."""

    state: WindowState
    opens_on: date
    expires_on: date
    penalty_free_until: date
    #: The last day on which the card may be renewed at all.
    last_day: date


#: The states in which a renewal is accepted.
RENEWABLE = frozenset({WindowState.OPEN, WindowState.GRACE, WindowState.LATE})


def renewal_window(card: CardOnFile, today: date, policy: Policy) -> Window:
    """The window of the card's present period, and where ``today`` (Riyadh) lies in it."""
    days = policy.renewal
    opens_on = card.expires_on - timedelta(days=days.opens_before_expiry_days)
    penalty_free_until = card.expires_on + timedelta(days=days.grace_days)
    last_day = card.expires_on + timedelta(days=days.latest_after_expiry_days)
    if today < opens_on:
        state = WindowState.TOO_EARLY
    elif today <= card.expires_on:
        state = WindowState.OPEN
    elif today <= penalty_free_until:
        state = WindowState.GRACE
    elif today <= last_day:
        state = WindowState.LATE
    else:
        state = WindowState.TOO_LATE
    return Window(
        state=state,
        opens_on=opens_on,
        expires_on=card.expires_on,
        penalty_free_until=penalty_free_until,
        last_day=last_day,
    )
