"""What the commands of `mumaris reminders` do; imported when one of them runs."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from cli.running import operations, run
from cli.show.output import iso, print_json, show_facts, show_table, words
from cli.show.reminder_chart import chart_svg
from cli.work.reminder_runs import plural
from cli.work.undo import reminder_note
from desk.common_clock import common_clock
from desk.policy import current_policy
from desk.reminders.explaining import Explanation, explain_reminders
from desk.reminders.outlook import forecast, look_at_outstanding
from desk.requests.timeline import show_instant
from models.reminders.reminders import Backlog, Reminder
from rules.policy.thresholds import Topic, said_threshold
from rules.reminders.decision import Check, Defer, Skip
from rules.reminders.rehearsal import Rehearsed
from rules.values.dates import riyadh_day
from rules.values.registration_number import clean_registration_number


@dataclass(frozen=True)
class Files:
    """Where a rehearsal is written, besides the terminal."""

    csv: Path | None
    chart: Path | None


def rehearse_days(topic: Topic, on: date | None, days: int, files: Files, *, as_json: bool) -> None:
    """The letters of the coming days."""
    policy = current_policy().reminders

    rehearsed = run(lambda: forecast(topic, on, days, policy))
    thresholds = policy.thresholds(topic).days_left
    titles = ("day", *(said_threshold(topic, left) for left in thresholds), "letters", "quiet")
    rows = [_rehearsed_cells(each, thresholds) for each in rehearsed]
    if as_json:
        print_json([_rehearsed_json(each) for each in rehearsed])
    else:
        show_table(titles, rows)
    if files.csv is not None:
        with files.csv.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([titles, *rows])
    if files.chart is not None:
        files.chart.write_text(chart_svg(rehearsed, topic, thresholds), encoding="utf-8")


def _rehearsed_json(each: Rehearsed) -> dict[str, object]:
    return {
        "day": each.day.isoformat(),
        "quiet": each.is_quiet,
        "letters": each.letters.total(),
        "by_days_left": {str(left): number for left, number in each.letters.items()},
    }


def _rehearsed_cells(each: Rehearsed, thresholds: tuple[int, ...]) -> tuple[str, ...]:
    counts = [str(each.letters[left] or "") for left in thresholds]
    return (
        each.day.isoformat(),
        *counts,
        str(each.letters.total()),
        "quiet" if each.is_quiet else "",
    )


def explain_person(number: str, on: date | None, *, as_json: bool) -> None:
    """Each rule in turn, about the card and about the profile."""
    policy = current_policy()
    canonical = clean_registration_number(number, pattern=policy.registration_number.pattern)

    async def read() -> tuple[date, tuple[Explanation, ...]]:
        now = (await common_clock())()
        day = on or riyadh_day(now)
        return day, await explain_reminders(
            canonical, day, policy.reminders, by=operations(), now=now
        )

    day, both = run(read)
    if as_json:
        print_json({"day": day.isoformat(), "about": [_explanation_json(each) for each in both]})
        return
    for at, found in enumerate(both):
        if at:
            typer.echo()
        _show_explanation(found, day)


def _show_explanation(found: Explanation, day: date) -> None:
    is_card = found.topic is Topic.CARD
    left = (found.anchor - day).days
    none = "none"
    show_facts(
        [
            ("About", f"card, {words(found.status)}" if is_card else "profile"),
            ("Last valid day" if is_card else "Confirmed on", found.anchor.isoformat()),
            ("Days left" if is_card else "Days since", str(left if is_card else -left)),
            ("Current threshold", _threshold(found.topic, found.threshold) or none),
            (
                "Next threshold from",
                found.next_on.isoformat() if found.next_on else "never",
            ),
            ("Examined next", _examined_next(found, day)),
            ("Letter", _conclusion(found)),
        ]
    )
    typer.echo()
    show_table(("rule", "says"), [(check.rule, _said(check)) for check in found.checks])
    if found.reminders:
        typer.echo()
        show_table(
            (
                "counted from",
                "threshold",
                "status",
                "reason",
                "examined",
                "settled",
                "letter",
                "note",
            ),
            [_reminder_cells(found.topic, each) for each in found.reminders],
            title="Reminders so far",
        )


def _examined_next(found: Explanation, day: date) -> str:
    return "by the next run" if found.examine_on <= day else found.examine_on.isoformat()


def _conclusion(found: Explanation) -> str:
    """Whether a letter leaves on the day that was asked about, and why not."""
    if found.threshold is None:
        return "none: no threshold is current"
    if found.decided is not None:
        return f"decided: {_decided(found, found.decided)}"
    if not found.is_examined:
        return f"none: not looked at before {found.examine_on}"
    objections = [each.objection for each in found.checks if each.objection]
    return f"none: {_why_not(objections[0])}" if objections else "yes, with the next run"


def _decided(found: Explanation, settling: Reminder) -> str:
    because = f", {words(settling.reason)}" if settling.reason else ""
    later = settling.threshold != found.threshold
    what = f" ({said_threshold(found.topic, settling.threshold)})" if later else ""
    return f"{words(settling.status)}{because}{what}"


def _explanation_json(found: Explanation) -> dict[str, object]:
    return {
        "about": found.topic,
        "status": found.status,
        "counted_from": found.anchor.isoformat(),
        "threshold": found.threshold,
        "next_on": found.next_on.isoformat() if found.next_on else None,
        "examine_on": found.examine_on.isoformat(),
        "letter": _conclusion(found),
        "rules": [
            {"rule": each.rule, "passes": each.objection is None, "says": _said(each)}
            for each in found.checks
        ],
        "reminders": [_reminder_json(each) for each in found.reminders],
    }


def _reminder_json(each: Reminder) -> dict[str, object]:
    return {
        "counted_from": each.anchor.isoformat(),
        "days_left": each.threshold,
        "status": each.status,
        "reason": each.reason,
        "letter": each.letter,
        "examined_for": each.examined_on.isoformat(),
        "run": each.run,
        "settled_at": iso(each.settled_at),
        "undone_at": iso(each.undone_at),
        "note": reminder_note(each) or None,
    }


def _threshold(topic: Topic, left: int | None) -> str | None:
    return None if left is None else said_threshold(topic, left)


def _said(check: Check) -> str:
    return f"no: {_why_not(check.objection)}" if check.objection else "yes"


def _why_not(objection: Skip | Defer) -> str:
    until = f" until {objection.until}" if isinstance(objection, Defer) else ""
    return f"{words(objection.reason)}{until}"


def _reminder_cells(topic: Topic, each: Reminder) -> tuple[str, ...]:
    return (
        each.anchor.isoformat(),
        said_threshold(topic, each.threshold),
        words(each.status),
        words(each.reason),
        each.examined_on.isoformat(),
        show_instant(each.settled_at) if each.settled_at else "",
        words(each.letter),
        reminder_note(each),
    )


def show_backlog(*, as_json: bool) -> None:
    """Cards and profiles to examine, letters to send."""
    outstanding = run(look_at_outstanding)
    due, waiting = outstanding.to_examine, outstanding.letters
    if as_json:
        to_examine = {f"{plural(topic)}_to_examine": number for topic, number in due.items()}
        print_json({**to_examine, "letters": [_waiting_json(each) for each in waiting]})
        return
    show_facts(
        [
            *(
                (f"{plural(topic).title()} to examine", str(number))
                for topic, number in due.items()
            ),
            ("Letters that wait", str(sum(each.letters for each in waiting))),
        ]
    )
    if waiting:
        typer.echo()
        show_table(
            ("about", "threshold", "letters", "most attempts", "oldest", "next attempt"),
            [
                (
                    each.topic,
                    said_threshold(Topic(each.topic), each.threshold),
                    str(each.letters),
                    str(each.attempts),
                    show_instant(each.oldest),
                    show_instant(each.next_attempt_at),
                )
                for each in waiting
            ],
        )


def _waiting_json(each: Backlog) -> dict[str, object]:
    return {
        "about": each.topic,
        "days_left": each.threshold,
        "letters": each.letters,
        "most_attempts": each.attempts,
        "oldest": iso(each.oldest),
        "next_attempt_at": iso(each.next_attempt_at),
    }
