"""A period of a card, and how its last day is counted."""

from dataclasses import dataclass
from datetime import date, timedelta

from rules.policy.policy import Policy
from rules.values.calendar_years import years_after

_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Period:
    """A card's validity, both days inclusive."""

    valid_from: date
    expires_on: date


def period_after(eve: date, years: int, policy: Policy) -> Period:
    """So many years from the day after ``eve``, in policy's calendar.

    Raises `rules.findings.problems.ValueRefused` where the Hijri calendar's table ends.
    """
    return Period(
        valid_from=eve + _DAY,
        expires_on=years_after(eve, years, policy.renewal.calendar),
    )
