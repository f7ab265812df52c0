"""When officers are sent the desk in numbers: once on each working morning."""

from datetime import date, datetime

from rules.policy.officer_emails import NOON
from rules.policy.working_days import WorkingDays
from rules.values.dates import RIYADH


def digest_day(now: datetime, *, from_hour: int, calendar: WorkingDays) -> date | None:
    """The day whose digest is due at this instant, from that hour on Riyadh's clock until noon.

    None at any other time, and on days off: what was missed in the morning is not made up for.
    """
    local = now.astimezone(RIYADH)
    if not from_hour <= local.hour < NOON:
        return None
    return local.date() if calendar.day_off(local.date()) is None else None
