"""What became of a day's reminders, a line for each threshold."""

from collections.abc import Iterable

from rules.policy.thresholds import Topic, said_threshold
from rules.reminders.decision import ReminderStatus

#: Of our mail server, or because of us: see `desk.mail.news`.
MAIL_IS_AWAY = "mail does not leave"
#: Threshold, status, reason, how many.
Counted = tuple[int, str, str | None, int]


def table(
    topic: Topic, counted: Iterable[Counted], *, rehearsed: bool = False
) -> list[dict[str, str | int]]:
    """One line for each threshold: how many were due, and what became of them, or would become."""
    by_threshold: dict[int, list[Counted]] = {}
    for row in counted:
        by_threshold.setdefault(row[0], []).append(row)
    return [
        {
            "threshold": said_threshold(topic, threshold),
            "due": sum(number for *_, number in rows),
            **_sent(rows, rehearsed=rehearsed),
            "skipped": _reasons(rows, ReminderStatus.SKIPPED),
            "deferred": _reasons(rows, ReminderStatus.DEFERRED),
        }
        for threshold, rows in sorted(by_threshold.items(), reverse=True)
    ]


def _sent(rows: Iterable[Counted], *, rehearsed: bool) -> dict[str, str | int]:
    if rehearsed:
        return {"would be sent": _number(rows, ReminderStatus.QUEUED)}
    return {
        "sent": _number(rows, ReminderStatus.SENT),
        "waiting": _number(rows, ReminderStatus.QUEUED),
        "failed": _reasons(rows, ReminderStatus.FAILED),
    }


def figures(sent: int, waiting: int, failed: int, *, mail_is_away: bool = False) -> str:
    """What became of e-mails, in a few words: ``2 sent, 4 waiting, mail does not leave``."""
    said = [f"{sent:,} sent"]
    said += [f"{waiting:,} waiting"] if waiting else []
    said += [f"{failed:,} failed"] if failed else []
    said += [MAIL_IS_AWAY] if mail_is_away else []
    return ", ".join(said)


def _number(rows: Iterable[Counted], status: ReminderStatus) -> int:
    return sum(number for _, found, _, number in rows if found == status)


def _reasons(rows: Iterable[Counted], status: ReminderStatus) -> str:
    """``suppressed 12, no_address 3``."""
    return ", ".join(f"{why} {number}" for _, found, why, number in rows if found == status)
