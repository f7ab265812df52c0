"""When a letter that could not be delivered is tried again."""

from datetime import datetime, timedelta

#: After the first attempt, the second, and so on. Quick at first, since most faults are short;
#: then patient, since a mail server may be away for a weekend's day. The waits add up to 47 h 23 m.
WAITS = (
    *(timedelta(minutes=m) for m in (1, 2, 5, 15)),
    *(timedelta(hours=h) for h in (1, 2, 4, 8, 8, 12, 12)),
)

#: The longest pause of a letter that waits because of us: whoever mends it wants to see it leave.
LONGEST_FOR_US = timedelta(hours=1)


def next_attempt(attempts: int, now: datetime, *, about_us: bool = False) -> datetime | None:
    """When to try again after this many attempts; None means give up.

    A letter that waits ``about_us`` is never given up. With no attempt made it is due now. The
    answer depends on nothing else, so asking again is safe.
    """
    if attempts <= 0:
        return now
    if about_us:
        return now + min(WAITS[min(attempts, len(WAITS)) - 1], LONGEST_FOR_US)
    if attempts > len(WAITS):
        return None
    return now + WAITS[attempts - 1]
