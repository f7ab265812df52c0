"""What reminders are about, and the days on which one becomes due.

A threshold is a number of days left until an anchor: a card's last valid day, or the day on which a
profile was confirmed, which lies behind (so many days left are below 0). It is current from the day
on which so many are left until the next one becomes current (half-open windows). So a missed day is
made good by the threshold that is current, and one that has passed is never sent. boulder's
expiration mailer taught the windows (DOMAIN.md 4 [55]).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Topic(StrEnum):
    """What a reminder is about: ``--about`` in commands, the column ``about`` in the database."""

    #: A card that expires.
    CARD = "card"
    #: A profile that was not confirmed for long.
    PROFILE = "profile"


@dataclass(frozen=True)
class Thresholds:
    """The days on which a reminder becomes due."""

    #: Days left until the anchor, the earliest (largest) first.
    days_left: tuple[int, ...]
    #: The fewest days left at which somebody is still reminded; None where it never ends.
    last_day_left: int | None

    def current(self, anchor: date, day: date) -> int | None:
        """The one whose window this day lies in; None before the first and when all is over."""
        left = (anchor - day).days
        if self.last_day_left is not None and left < self.last_day_left:
            return None
        return min((one for one in self.days_left if one >= left), default=None)

    def has_passed(self, threshold: int, anchor: date, day: date) -> bool:
        """Whether this one can be current no more: another is, or all are over."""
        left = (anchor - day).days
        if self.last_day_left is not None and left < self.last_day_left:
            return True
        return any(left <= one < threshold for one in self.days_left)

    def next_day(self, anchor: date, day: date) -> date | None:
        """The first day after this one on which another becomes current, if there is one."""
        left = (anchor - day).days
        ahead = [one for one in self.days_left if one < left]
        return anchor - timedelta(days=max(ahead)) if ahead else None


def said_threshold(topic: Topic, left: int) -> str:
    """The threshold in words, for tables."""
    if topic is Topic.PROFILE:
        return f"{-left} days unconfirmed"
    if left == 0:
        return "last day"
    many = "day" if abs(left) == 1 else "days"
    return f"{left} {many} left" if left > 0 else f"{-left} {many} past"
