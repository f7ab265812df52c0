"""What the coming days would send, if nothing changed until then."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.policy.quiet_days import next_sending_day, quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Topic


@dataclass(frozen=True)
class Rehearsed:
    """One coming day: how many letters of which threshold."""

    day: date
    letters: Counter[int]
    #: No letter leaves on this day.
    is_quiet: bool


def rehearse(
    counted: Iterable[tuple[date, date, int]],
    first: date,
    days: int,
    policy: ReminderPolicy,
    *,
    topic: Topic = Topic.CARD,
) -> list[Rehearsed]:
    """The letters of each day from the first on, by (anchor, next examination, how many).

    At most so many: renewals, confirmations, suppressed addresses and the daily cap of an address
    will take some away.
    """
    thresholds = policy.thresholds(topic)
    most = policy.profile_letters_per_day if topic is Topic.PROFILE else 0
    coming = [first + timedelta(days=n) for n in range(days)]
    due: dict[date, deque[tuple[date, int]]] = {day: deque() for day in coming}

    def put(day: date | None, anchor: date, number: int) -> None:
        if day in due:
            due[day].append((anchor, number))

    for anchor, examine_on, number in counted:
        put(max(examine_on, first), anchor, number)
    found = []
    for day in coming:
        letters = Counter[int]()
        is_quiet = quiet(day, policy) is not None
        waiting = due[day]
        while waiting:
            anchor, number = waiting.popleft()
            room = max(0, most - letters.total()) if most else number
            threshold = thresholds.current(anchor, day)
            now = 0 if is_quiet else number if threshold is None else min(number, room)
            if now and threshold is not None:
                letters[threshold] += now
            if now:
                put(thresholds.next_day(anchor, day), anchor, now)
            if number - now:
                put(next_sending_day(day, policy), anchor, number - now)
        found.append(Rehearsed(day, letters, is_quiet))
    return found
