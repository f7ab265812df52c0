"""What the coming days would send, if nothing changed until then."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.quiet_days import next_sending_day, quiet
from rules.reminder_policy import ReminderPolicy
from rules.reminders import current_threshold, next_examination


@dataclass(frozen=True)
class Rehearsed:
    """One coming day: how many letters of which threshold."""

    day: date
    letters: Counter[int]
    #: No letter leaves on this day.
    is_quiet: bool


def rehearse(
    cards: Iterable[tuple[date, date, int]], first: date, days: int, policy: ReminderPolicy
) -> list[Rehearsed]:
    """The letters of each day from the first on, for cards as (expiry, next examination, number).

    At most so many: renewals, suppressed addresses and the daily cap will take some away.
    """
    coming = {first + timedelta(days=n): Counter[int]() for n in range(days)}
    for expires_on, examine_on, number in cards:
        day: date | None = max(examine_on, first)
        while day in coming:
            if quiet(day, policy):
                day = next_sending_day(day, policy)
                continue
            if (threshold := current_threshold(expires_on, day, policy)) is not None:
                coming[day][threshold] += number
            day = next_examination(expires_on, day, policy)
    return [
        Rehearsed(day, letters, quiet(day, policy) is not None) for day, letters in coming.items()
    ]
