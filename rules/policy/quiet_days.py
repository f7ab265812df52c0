"""Days on which no reminder leaves: those that are no working days."""

from datetime import date
from enum import StrEnum

from rules.policy.reminders import ReminderPolicy
from rules.policy.working_days import DayOff


class Quiet(StrEnum):
    """Why a day is quiet."""

    QUIET_DAY = "quiet_day"
    PUBLIC_HOLIDAY = "public_holiday"


_WHY = {DayOff.WEEKEND: Quiet.QUIET_DAY, DayOff.PUBLIC_HOLIDAY: Quiet.PUBLIC_HOLIDAY}


def quiet(day: date, policy: ReminderPolicy) -> Quiet | None:
    """Why no reminder leaves on this day, or None where letters leave."""
    why = policy.working_days.day_off(day)
    return None if why is None else _WHY[why]


def next_sending_day(day: date, policy: ReminderPolicy) -> date:
    """The first day after this one on which letters leave; raises `NoWorkingDay`."""
    return policy.working_days.next_after(day)
