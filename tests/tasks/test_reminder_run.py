"""The hours in which letters leave."""

from datetime import UTC, date, datetime, timedelta

import pytest

from support.reminding import SUNDAY, unhurried
from tasks.reminder_run import _patience

FRIDAY = SUNDAY - timedelta(days=2)


@pytest.mark.parametrize(
    ("day", "hour_utc", "patience"),
    [
        (SUNDAY, 3, None),
        (SUNDAY, 4, timedelta(hours=13)),
        (SUNDAY, 16, timedelta(hours=1)),
        (SUNDAY, 17, None),
        (FRIDAY, 9, None),
    ],
)
def test_letters_leave_in_the_hours_of_policy_on_days_that_are_not_quiet(
    day: date, hour_utc: int, patience: timedelta | None
) -> None:
    """Seven to twenty in Riyadh; a run waits for its mail server until then."""
    now = datetime(day.year, day.month, day.day, hour_utc, tzinfo=UTC)

    assert _patience(day, now, unhurried(), at_any_hour=False) == patience


def test_a_command_may_send_at_any_hour() -> None:
    """Without waiting for the mail server."""
    night = datetime(2026, 11, 22, 1, tzinfo=UTC)

    assert _patience(SUNDAY, night, unhurried(), at_any_hour=True) == timedelta(0)
