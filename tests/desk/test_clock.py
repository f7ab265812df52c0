"""Deadlines by the calendar of working days."""

from datetime import UTC, date, datetime

import pytest

from desk.clock import deadline_in_days, deadline_in_working_days, last_day, working_days_earlier
from desk.policy import current_policy

CALENDAR = current_policy().working_days


def at(day: date) -> datetime:
    """Noon in Riyadh."""
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("today", "days", "until"),
    [
        (date(2026, 11, 1), 30, date(2026, 12, 1)),
        # A Friday, and the Sunday after it.
        (date(2026, 11, 25), 30, date(2026, 12, 27)),
        # In Eid al-Adha 1448.
        (date(2027, 4, 16), 30, date(2027, 5, 20)),
    ],
)
def test_a_promised_deadline_ends_on_a_working_day(today: date, days: int, until: date) -> None:
    """Never earlier than so many days, and on a day on which somebody answers."""
    assert last_day(deadline_in_days(at(today), days, CALENDAR)) == until


def test_a_review_is_due_after_the_holidays() -> None:
    """At the gate on 12 May 2027 with Eid al-Adha ahead: five real working days."""
    due = deadline_in_working_days(at(date(2027, 5, 12)), 5, CALENDAR)

    assert last_day(due) == date(2027, 5, 25)


def test_so_many_working_days_ago_skips_the_holidays_too() -> None:
    """A review is escalated two working days late, not two days of a holiday."""
    earlier = working_days_earlier(at(date(2027, 5, 23)), 2, CALENDAR)

    assert earlier == at(date(2027, 5, 13))
