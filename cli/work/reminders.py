"""What the commands of `mumaris reminders` do; imported when one of them runs."""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from cli.running import run
from cli.show.output import iso, print_json, show_facts, show_table, words
from cli.show.reminder_chart import chart_svg
from cli.work.reminder_runs import plural
from cli.work.undo import reminder_note
from desk.common_clock import common_clock
from desk.policy import current_policy
from desk.reminders.examination_days import thresholds_are_new
from desk.reminders.story import Story, tell_stories
from desk.requests.timeline import show_instant
from models.clock import database_now
from models.connections import LONG
from models.database import transaction
from models.reminders.examinations import count_by_anchor, count_due
from models.reminders.reminders import Reminder, Waiting, backlog
from rules.policy.thresholds import Topic, said_threshold
from rules.reminders.decision import Check, Defer, Skip
from rules.reminders.rehearsal import Rehearsed, rehearse
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

    async def read() -> tuple[date, list[tuple[date, date, int]]]:
        first = on or riyadh_day((await common_clock())())
        async with transaction(LONG) as session:
            counted = await count_by_anchor(session, topic)
        if await thresholds_are_new(topic, policy):
            return first, [(anchor, first, number) for anchor, _, number in counted]
        return first, counted

    first, counted = run(read)
    rehearsed = rehearse(counted, first, days, policy, topic=topic)
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

    async def read() -> tuple[date, tuple[Story, ...]]:
        day = on or riyadh_day((await common_clock())())
        return day, await tell_stories(canonical, day, policy.reminders)

    day, stories = run(read)
    if as_json:
        print_json({"day": day.isoformat(), "about": [_story_json(each) for each in stories]})
        return
    for at, story in enumerate(stories):
        if at:
            typer.echo()
        _show_story(story, day)


def _show_story(story: Story, day: date) -> None:
    is_card = story.topic is Topic.CARD
    left = (story.anchor - day).days
    none = "none"
    show_facts(
        [
            ("About", f"card, {words(story.status)}" if is_card else "profile"),
            ("Last valid day" if is_card else "Confirmed on", story.anchor.isoformat()),
            ("Days left" if is_card else "Days since", str(left if is_card else -left)),
            ("Current threshold", _threshold(story.topic, story.threshold) or none),
            ("Next threshold from", story.next_on.isoformat() if story.next_on else "never"),
            ("Examined next", _examined_next(story, day)),
            ("Letter", _conclusion(story)),
        ]
    )
    typer.echo()
    show_table(("rule", "says"), [(check.rule, _said(check)) for check in story.checks])
    if story.reminders:
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
            [_reminder_cells(story.topic, each) for each in story.reminders],
            title="Reminders so far",
        )


def _examined_next(story: Story, day: date) -> str:
    return "by the next run" if story.examine_on <= day else story.examine_on.isoformat()


def _conclusion(story: Story) -> str:
    """Whether a letter leaves on the day that was asked about, and why not."""
    if story.threshold is None:
        return "none: no threshold is current"
    if story.decided is not None:
        return f"decided: {_decided(story, story.decided)}"
    if not story.is_examined:
        return f"none: not looked at before {story.examine_on}"
    objections = [each.objection for each in story.checks if each.objection]
    return f"none: {_why_not(objections[0])}" if objections else "yes, with the next run"


def _decided(story: Story, settling: Reminder) -> str:
    because = f", {words(settling.reason)}" if settling.reason else ""
    later = settling.threshold != story.threshold
    what = f" ({said_threshold(story.topic, settling.threshold)})" if later else ""
    return f"{words(settling.status)}{because}{what}"


def _story_json(story: Story) -> dict[str, object]:
    return {
        "about": story.topic,
        "status": story.status,
        "counted_from": story.anchor.isoformat(),
        "threshold": story.threshold,
        "next_on": story.next_on.isoformat() if story.next_on else None,
        "examine_on": story.examine_on.isoformat(),
        "letter": _conclusion(story),
        "rules": [
            {"rule": each.rule, "passes": each.objection is None, "says": _said(each)}
            for each in story.checks
        ],
        "reminders": [_reminder_json(each) for each in story.reminders],
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

    async def read() -> tuple[dict[Topic, int], list[Waiting]]:
        async with transaction(LONG) as session:
            today = riyadh_day(await database_now(session))
            due = {topic: await count_due(session, topic, today) for topic in Topic}
            return due, await backlog(session)

    due, waiting = run(read)
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


def _waiting_json(each: Waiting) -> dict[str, object]:
    return {
        "about": each.topic,
        "days_left": each.threshold,
        "letters": each.letters,
        "most_attempts": each.attempts,
        "oldest": iso(each.oldest),
        "next_attempt_at": iso(each.next_attempt_at),
    }
