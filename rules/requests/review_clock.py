"""The clock of a review: it counts the working days that the house has the request.

While the applicant has it, after a return, the clock stands. It stands for nobody else: officers
who put a request aside do not stop it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.policy.policy import ReviewPolicy
from rules.policy.working_days import WorkingDays


@dataclass(frozen=True, kw_only=True)
class Stay:
    """One time at the review gate that is over, by Riyadh's days."""

    came: date
    left: date


def days_used(stays: Iterable[Stay], calendar: WorkingDays) -> int:
    """How many working days these stays took.

    The day on which it came does not count and the day on which it left does, as for a due date: so
    a request that is returned and corrected on one day stays due when it was.
    """
    return sum(calendar.between(stay.came, stay.left) for stay in stays)


def due_day(
    came: date, before: Iterable[Stay], *, review: ReviewPolicy, calendar: WorkingDays
) -> date:
    """The day until which it is to be decided that comes to the gate today, after these stays.

    What was used stays used; but no officer finds a correction late, or nearly so: policy leaves
    them some days, also where it was late when it was returned. Raises `NoWorkingDay`.
    """
    left = review.due_working_days - days_used(before, calendar)
    return calendar.add(came, max(left, review.least_working_days_after_correction))
