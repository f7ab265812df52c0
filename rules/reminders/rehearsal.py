"""What the coming days would send, if nothing changed until then."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.policy.quiet_days import next_sending_day, quiet
from rules.policy.reminders import ReminderPolicy
from rules.policy.thresholds import Thresholds, Topic

#: An anchor, the next day of examination, and how many have both.
Counted = tuple[date, date, int]


@dataclass(frozen=True)
class Rehearsed:
    """One coming day: how many letters of which threshold."""

    day: date
    letters: Counter[int]
    #: No letter leaves on this day.
    is_quiet: bool


def rehearse(
    counted: Iterable[Counted],
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


def examined_anew(
    counted: Iterable[Counted],
    settled: Mapping[tuple[date, int], int],
    first: date,
    thresholds: Thresholds,
) -> list[Counted]:
    """The same people where all are examined on the first day, as after a change of thresholds.

    Whose current threshold is ``settled`` (how many, by anchor and threshold) gets no second letter
    of it, and is looked at again for the next one.
    """
    by_anchor = Counter[date]()
    for anchor, _, number in counted:
        by_anchor[anchor] += number
    found: list[Counted] = []
    for anchor, number in by_anchor.items():
        threshold = thresholds.current(anchor, first)
        done = 0 if threshold is None else min(settled.get((anchor, threshold), 0), number)
        found.append((anchor, first, number - done))
        following = thresholds.next_day(anchor, first)
        if done and following is not None:
            found.append((anchor, following, done))
    return found


@dataclass(frozen=True, kw_only=True)
class LettersOfThreshold:
    """How many letters of one threshold two policies would send; None where one lacks it."""

    threshold: int
    in_force: int | None
    proposed: int | None

    @property
    def difference(self) -> int:
        """How many more the proposed one would send."""
        return (self.proposed or 0) - (self.in_force or 0)


def compared(
    in_force: tuple[Thresholds, Sequence[Rehearsed]],
    proposed: tuple[Thresholds, Sequence[Rehearsed]],
) -> tuple[LettersOfThreshold, ...]:
    """The letters of all days together, by threshold, the earliest first."""
    before, after = _letters(*in_force), _letters(*proposed)
    return tuple(
        LettersOfThreshold(threshold=each, in_force=before.get(each), proposed=after.get(each))
        for each in sorted(before.keys() | after.keys(), reverse=True)
    )


def _letters(thresholds: Thresholds, days: Iterable[Rehearsed]) -> dict[int, int]:
    total = sum((day.letters for day in days), Counter[int]())
    return {each: total[each] for each in thresholds.days_left}
