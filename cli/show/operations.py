"""What operations look at, as `mumaris status` shows it: figures, nobody's data.

The keys of the JSON objects are stable: programs read them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cli.show.output import iso, words
from desk.mail.figures import MailFigures
from desk.operations.overview import Overview
from desk.operations.reviews import Reviews
from models.run_figures import Delayed

REVIEW_TITLES = ("reviews", "waiting", "late", "due today", "due this week", "since last day")
MAIL_TITLES = ("e-mails", "language", "sent", "waiting", "refused", "came back")


def review_rows(reviews: Reviews) -> list[tuple[str, ...]]:
    """The queue at the gate as rows under `REVIEW_TITLES`."""
    return [
        (
            words(each.kind),
            *(f"{number:,}" for number in (each.waiting, each.late, each.today, each.this_week)),
            f"{_signed(each.growth)} (came {each.came:,}, left {each.left:,})",
        )
        for each in reviews.by_kind
    ]


def _signed(number: int) -> str:
    return f"{number:+,}" if number else "0"


def mail_rows(figures: MailFigures) -> list[tuple[str, ...]]:
    """The e-mails of the last days as rows under `MAIL_TITLES`."""
    return [
        (
            words(each.letter),
            each.language,
            *(f"{n:,}" for n in (each.sent, each.waiting, each.refused, each.came_back)),
        )
        for each in figures.by_letter
    ]


def said_of_window(seen: Overview) -> str:
    """How far what Prefect shows lies behind."""
    window = seen.window
    told = f"told last {ago(window.told_at, seen.at)}" if window.told_at else "told of nothing yet"
    if window.since is None:
        return f"up to date, {told}"
    return f"trails by {duration(seen.at - window.since)} ({window.requests:,} requests), {told}"


def said_of_runs(seen: Overview) -> str:
    """Which requests do not come on."""
    still, bells = seen.without_progress.number, seen.bells_unanswered.number
    return f"{len(seen.stuck):,} set aside, {still:,} stand still, {bells:,} not woken"


def said_of_suppressions(figures: MailFigures) -> str:
    """Addresses that get no reminders, by why."""
    return ", ".join(f"{number:,} {words(why)}" for why, number in figures.suppressions)


def ago(instant: datetime | None, now: datetime) -> str:
    """How long ago it was, in words."""
    return "never" if instant is None else f"{duration(now - instant)} ago"


def duration(time: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = max(0, round(time.total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {name}{'' if number == 1 else 's'}"
    return f"{seconds} s"


def operations_json(seen: Overview) -> dict[str, Any]:
    """The figures as programs read them."""
    window = seen.window
    return {
        "reviews": {
            "week_ends_on": seen.reviews.week_ends_on.isoformat(),
            "last_working_day": seen.reviews.last_day.isoformat(),
            "by_kind": _review_objects(seen.reviews),
        },
        "bells_unanswered": _waits_json(seen.bells_unanswered),
        "without_progress": _waits_json(seen.without_progress),
        "prefect_window": {
            "requests": window.requests,
            "since": iso(window.since),
            "told_at": iso(window.told_at),
        },
        "mail_by_letter": [each._asdict() for each in seen.mail_figures.by_letter],
        "suppressions": dict(seen.mail_figures.suppressions),
    }


def _review_objects(reviews: Reviews) -> Sequence[dict[str, Any]]:
    return [
        {
            "kind": each.kind,
            "waiting": each.waiting,
            "late": each.late,
            "due_today": each.today,
            "due_this_week": each.this_week,
            "came": each.came,
            "left": each.left,
            "growth": each.growth,
        }
        for each in reviews.by_kind
    ]


def _waits_json(waits: Delayed) -> dict[str, Any]:
    return {"number": waits.number, "since": iso(waits.since), "oldest": waits.oldest}
