"""What the commands of `mumaris reminders` do; imported when one of them runs."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from cli.output import iso, print_json, show_facts, show_table, words
from cli.reminder_chart import chart_svg
from cli.running import run
from desk.clock import utc_now
from desk.examination_days import thresholds_are_new
from desk.policy import current_policy
from desk.reminder_story import Story, tell_stories
from desk.reminder_table import Counted, table
from desk.reminders import Plan
from desk.timeline import show_instant
from models.connections import LONG
from models.database import transaction
from models.examinations import count_by_anchor, count_due
from models.reminders import Reminder, Waiting, backlog
from rules.dates import riyadh_day
from rules.registration_number import clean_registration_number
from rules.rehearsal import Rehearsed, rehearse
from rules.reminders import Check, Defer, Skip
from rules.thresholds import About, said_threshold
from tasks.reminders.run import Report, plan_day, run_reminders


def run_day(matters: Iterable[About], on: date | None, *, dry: bool, at_any_hour: bool) -> None:
    """Plan and send a day's reminders of each kind, or only say what would happen."""
    day = on or riyadh_day(utc_now())
    for about in matters:
        if dry:
            _show_plan(about, day)
        else:
            _run_and_show(about, day, at_any_hour=at_any_hour)


def _show_plan(about: About, day: date) -> None:
    plan: Plan = run(lambda: plan_day(about, day, run="command", now=utc_now(), dry=True))
    if run(lambda: thresholds_are_new(about, current_policy().reminders)):
        typer.echo(
            f"Policy's thresholds are new: the next run will look at all {_plural(about)} again, "
            "which this one did not."
        )
    _show_table(about, [(*key, number) for key, number in sorted(plan.decided.items(), key=str)])
    typer.echo(f"{plan.examined} {_plural(about)} would be examined; nothing was sent or kept")


def _run_and_show(about: About, day: date, *, at_any_hour: bool) -> None:
    found: Report = run(lambda: run_reminders(about, day, run="command", at_any_hour=at_any_hour))
    _show_table(about, found.by_threshold)
    typer.echo(
        f"{found.examined} {_plural(about)} examined, {found.sent} letters sent, "
        f"{found.failed} failed, {found.waiting} wait"
    )


def _plural(about: About) -> str:
    return f"{about}s"


def _show_table(about: About, counted: list[Counted]) -> None:
    rows = table(about, counted)
    if rows:
        lines = [tuple(words(str(cell)) for cell in row.values()) for row in rows]
        show_table(tuple(rows[0]), lines, title=f"Reminders of {_plural(about)}")


def rehearse_days(
    about: About, on: date | None, days: int, to_csv: Path | None, chart: Path | None
) -> None:
    """The letters of the coming days."""
    policy = current_policy().reminders
    first = on or riyadh_day(utc_now())

    async def read() -> list[tuple[date, date, int]]:
        async with transaction(LONG) as session:
            counted = await count_by_anchor(session, about)
        if await thresholds_are_new(about, policy):
            return [(anchor, first, number) for anchor, _, number in counted]
        return counted

    rehearsed = rehearse(run(read), first, days, policy, about=about)
    thresholds = policy.thresholds(about).days_left
    titles = ("day", *(said_threshold(about, left) for left in thresholds), "letters", "quiet")
    rows = [_rehearsed_cells(each, thresholds) for each in rehearsed]
    show_table(titles, rows)
    if to_csv is not None:
        with to_csv.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([titles, *rows])
    if chart is not None:
        chart.write_text(chart_svg(rehearsed, about, thresholds), encoding="utf-8")


def _rehearsed_cells(each: Rehearsed, thresholds: tuple[int, ...]) -> tuple[str, ...]:
    counts = [str(each.letters[left] or "") for left in thresholds]
    return (
        each.day.isoformat(),
        *counts,
        str(each.letters.total()),
        "quiet" if each.is_quiet else "",
    )


def explain_person(number: str, on: date | None) -> None:
    """Each rule in turn, about the card and about the profile."""
    policy = current_policy()
    day = on or riyadh_day(utc_now())
    canonical = clean_registration_number(number, pattern=policy.registration_number.pattern)
    stories = run(lambda: tell_stories(canonical, day, policy.reminders))
    for at, story in enumerate(stories):
        if at:
            typer.echo()
        _show_story(story, day)


def _show_story(story: Story, day: date) -> None:
    is_card = story.about is About.CARD
    left = (story.anchor - day).days
    none = "none"
    show_facts(
        [
            ("About", f"card, {words(story.status)}" if is_card else "profile"),
            ("Last valid day" if is_card else "Confirmed on", story.anchor.isoformat()),
            ("Days left" if is_card else "Days since", str(left if is_card else -left)),
            ("Current threshold", _threshold(story.about, story.threshold) or none),
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
            ("counted from", "threshold", "status", "reason", "examined", "settled", "letter"),
            [_reminder_cells(story.about, each) for each in story.reminders],
            title="Reminders so far",
        )


def _examined_next(story: Story, day: date) -> str:
    return "by the next run" if story.examine_on <= day else story.examine_on.isoformat()


def _conclusion(story: Story) -> str:
    """Whether a letter leaves on the day that was asked about, and why not."""
    if story.threshold is None:
        return "none: no threshold is current"
    if story.decided is not None:
        because = f", {words(story.decided.reason)}" if story.decided.reason else ""
        return f"decided: {words(story.decided.status)}{because}"
    objections = [each.objection for each in story.checks if each.objection]
    return f"none: {_why_not(objections[0])}" if objections else "yes, with the next run"


def _threshold(about: About, left: int | None) -> str | None:
    return None if left is None else said_threshold(about, left)


def _said(check: Check) -> str:
    return f"no: {_why_not(check.objection)}" if check.objection else "yes"


def _why_not(objection: Skip | Defer) -> str:
    until = f" until {objection.until}" if isinstance(objection, Defer) else ""
    return f"{words(objection.reason)}{until}"


def _reminder_cells(about: About, each: Reminder) -> tuple[str, ...]:
    return (
        each.anchor.isoformat(),
        said_threshold(about, each.threshold),
        words(each.status),
        words(each.reason),
        each.examined_on.isoformat(),
        show_instant(each.settled_at) if each.settled_at else "",
        words(each.letter),
    )


def show_backlog(*, as_json: bool) -> None:
    """Cards and profiles to examine, letters to send."""
    today = riyadh_day(utc_now())

    async def read() -> tuple[dict[About, int], list[Waiting]]:
        async with transaction(LONG) as session:
            due = {about: await count_due(session, about, today) for about in About}
            return due, await backlog(session)

    due, waiting = run(read)
    if as_json:
        to_examine = {f"{_plural(about)}_to_examine": number for about, number in due.items()}
        print_json({**to_examine, "letters": [_waiting_json(each) for each in waiting]})
        return
    show_facts(
        [
            *(
                (f"{_plural(about).title()} to examine", str(number))
                for about, number in due.items()
            ),
            ("Letters that wait", str(sum(each.letters for each in waiting))),
        ]
    )
    if waiting:
        typer.echo()
        show_table(("about", "threshold", "letters", "most attempts", "oldest", "next attempt"), [
            (
                each.about,
                said_threshold(About(each.about), each.threshold),
                str(each.letters),
                str(each.attempts),
                show_instant(each.oldest),
                show_instant(each.next_attempt_at),
            )
            for each in waiting
        ])  # fmt: skip


def _waiting_json(each: Waiting) -> dict[str, object]:
    return {
        "about": each.about,
        "days_left": each.threshold,
        "letters": each.letters,
        "most_attempts": each.attempts,
        "oldest": iso(each.oldest),
        "next_attempt_at": iso(each.next_attempt_at),
    }
