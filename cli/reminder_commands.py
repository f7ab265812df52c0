"""What the commands of `mumaris reminders` do; imported when one of them runs."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from uuid import uuid4

import typer

from cli.output import iso, print_json, show_facts, show_table, words
from cli.reminder_chart import chart_svg
from cli.running import run
from desk.clock import utc_now
from desk.common_clock import common_clock
from desk.examination_days import thresholds_are_new
from desk.policy import current_policy
from desk.reminder_story import Story, tell_stories
from desk.reminder_table import figures, table
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
from tasks.reminders.run import Report, rehearse_day, run_reminders


def run_day(
    matters: Iterable[About], on: date | None, *, dry: bool, at_any_hour: bool, as_json: bool
) -> None:
    """Plan and send today's reminders of each kind, or say what another day's run would do."""
    name = f"command-{uuid4()}"

    async def work() -> tuple[date, list[tuple[Report, bool]]]:
        clock = await common_clock()
        today, found = riyadh_day(clock()), []
        for about in matters:
            if dry:
                report = await rehearse_day(about, on or today, now=clock())
            else:
                report = await run_reminders(
                    about, on, run=name, clock=clock, at_any_hour=at_any_hour
                )
            found.append((report, await thresholds_are_new(about, current_policy().reminders)))
        return today, found

    today, found = run(work)
    if as_json:
        print_json({"run": name, "today": today.isoformat(), "reports": [
            _report_json(report) for report, _ in found
        ]})  # fmt: skip
        return
    for report, thresholds_new in found:
        _show_report(report, thresholds_new=thresholds_new)
    if any(not report.rehearsed for report, _ in found):
        typer.echo(f"Run: {name}")
    elif found and found[0][0].day != today and not dry:
        typer.echo(f"{on} is not today ({today}), so nothing was sent.")


def _show_report(found: Report, *, thresholds_new: bool) -> None:
    if found.rehearsed and thresholds_new:
        typer.echo(
            f"Policy's thresholds are new: the next run will look at all {_plural(found.about)} "
            "again, which this one did not."
        )
    _show_table(found)
    if found.rehearsed:
        typer.echo(
            f"{found.examined} {_plural(found.about)} would be examined on {found.day} and "
            f"{found.would_send} e-mails sent; nothing was sent or kept"
        )
    else:
        typer.echo(
            f"{found.examined} {_plural(found.about)} examined; "
            f"e-mails: {figures(found.sent, found.waiting, found.failed)}"
        )


def _report_json(found: Report) -> dict[str, object]:
    return {
        "about": found.about,
        "day": found.day.isoformat(),
        "rehearsed": found.rehearsed,
        "examined": found.examined,
        "would_send": found.would_send,
        "sent": found.sent,
        "waiting": found.waiting,
        "failed": found.failed,
        "by_threshold": [
            {"days_left": left, "status": status, "reason": reason, "number": number}
            for left, status, reason, number in found.by_threshold
        ],
    }


def _plural(about: About) -> str:
    return f"{about}s"


def _show_table(found: Report) -> None:
    rows = table(found.about, found.by_threshold, rehearsed=found.rehearsed)
    if rows:
        lines = [tuple(words(str(cell)) for cell in row.values()) for row in rows]
        show_table(tuple(rows[0]), lines, title=f"Reminders of {_plural(found.about)}")


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
