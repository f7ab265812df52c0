"""What became of a day's reminders, a line for each threshold."""

from collections.abc import Iterable

from rules.reminders import ReminderStatus
from rules.thresholds import About, said_threshold

#: Threshold, status, reason, how many.
Counted = tuple[int, str, str | None, int]


def table(about: About, counted: Iterable[Counted]) -> list[dict[str, str | int]]:
    """One line for each threshold: how many were due, and what became of them."""
    by_threshold: dict[int, list[Counted]] = {}
    for row in counted:
        by_threshold.setdefault(row[0], []).append(row)
    return [
        {
            "threshold": said_threshold(about, threshold),
            "due": sum(number for *_, number in rows),
            "sent": _number(rows, ReminderStatus.SENT),
            "waiting": _number(rows, ReminderStatus.QUEUED),
            "failed": _reasons(rows, ReminderStatus.FAILED),
            "skipped": _reasons(rows, ReminderStatus.SKIPPED),
            "deferred": _reasons(rows, ReminderStatus.DEFERRED),
        }
        for threshold, rows in sorted(by_threshold.items(), reverse=True)
    ]


def _number(rows: Iterable[Counted], status: ReminderStatus) -> int:
    return sum(number for _, found, _, number in rows if found == status)


def _reasons(rows: Iterable[Counted], status: ReminderStatus) -> str:
    """``suppressed 12, no_address 3``."""
    return ", ".join(f"{why} {number}" for _, found, why, number in rows if found == status)
