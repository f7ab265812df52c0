"""On which mornings officers are sent the desk in numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rules.policy.policy import Policy
from rules.requests.digests import digest_day

MONDAY = date(2026, 11, 23)
#: Seven in the morning in Riyadh.
SEVEN = datetime(2026, 11, 23, 4, tzinfo=UTC)
JUST_BEFORE = timedelta(microseconds=-1)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (SEVEN + JUST_BEFORE, None),
        (SEVEN, MONDAY),
        (SEVEN + timedelta(hours=5) + JUST_BEFORE, MONDAY),
        (SEVEN + timedelta(hours=5), None),
        # In Riyadh the day has begun, in Greenwich not.
        (datetime(2026, 11, 22, 21, 30, tzinfo=UTC), None),
    ],
)
def test_a_digest_is_due_from_its_hour_until_noon(
    policy: Policy, now: datetime, day: date | None
) -> None:
    """On Riyadh's clock."""
    assert digest_day(now, from_hour=7, calendar=policy.working_days) == day


def test_the_hour_may_be_midnight(policy: Policy) -> None:
    """The day is Riyadh's, which began three hours before Greenwich's."""
    now = datetime(2026, 11, 22, 21, tzinfo=UTC)

    assert digest_day(now, from_hour=0, calendar=policy.working_days) == MONDAY


@pytest.mark.parametrize(
    "day",
    [date(2026, 11, 27), date(2026, 11, 28), date(2026, 9, 23)],
    ids=["Friday", "Saturday", "National Day"],
)
def test_nothing_is_due_on_a_day_off(policy: Policy, day: date) -> None:
    """Weekends and public holidays, unless policy says that this one is none."""
    now = SEVEN + (day - MONDAY)
    works = replace(policy.working_days, not_off=(day,))

    assert digest_day(now, from_hour=7, calendar=policy.working_days) is None
    assert digest_day(now, from_hour=7, calendar=works) == day
