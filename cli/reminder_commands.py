"""What the commands of `mumaris reminders` do; imported when one of them runs."""

import csv
from datetime import date
from pathlib import Path

import typer

from cli.output import iso, print_json, show_facts, show_table, words
from cli.reminder_chart import chart_svg
from cli.running import run
from desk.clock import utc_now
from desk.policy import current_policy
from desk.reminder_story import Story, tell_story
from desk.reminders import Plan
from desk.timeline import show_instant
from models.database import transaction
from models.examinations import count_by_expiry, count_due
from models.reminders import Reminder, Waiting, backlog
from rules.dates import riyadh_day
from rules.registration_number import clean_registration_number
from rules.rehearsal import Rehearsed, rehearse
from rules.reminders import Check, Defer
from tasks.reminder_run import Report, plan_day, run_reminders

_TITLES = ("days left", "status", "reason", "cards")


def run_day(on: date | None, *, dry: bool, at_any_hour: bool) -> None:
    """Plan and send a day's reminders, or only say what would happen."""
    day = on or riyadh_day(utc_now())
    if dry:
        plan: Plan = run(lambda: plan_day(day, run="command", now=utc_now(), dry=True))
        rows = sorted(plan.decided.items(), key=lambda row: (-row[0][0], row[0][1]))
        show_table(_TITLES, [
            (str(left), words(status), words(reason), str(cards))
            for (left, status, reason), cards in rows
        ])  # fmt: skip
        typer.echo(f"{plan.examined} cards would be examined; nothing was sent or kept")
        return
    found: Report = run(lambda: run_reminders(day, run="command", at_any_hour=at_any_hour))
    show_table(_TITLES, [
        (str(left), words(status), words(reason), str(cards))
        for left, status, reason, cards in found.by_threshold
    ])  # fmt: skip
    typer.echo(
        f"{found.examined} cards examined, {found.sent} letters sent, {found.failed} failed, "
        f"{found.waiting} wait"
    )


def rehearse_days(on: date | None, days: int, to_csv: Path | None, chart: Path | None) -> None:
    """The letters of the coming days."""
    policy = current_policy().reminders
    first = on or riyadh_day(utc_now())

    async def read() -> list[tuple[date, date, int]]:
        async with transaction() as session:
            return await count_by_expiry(session, examined_until=date.max)

    rehearsed = rehearse(run(read), first, days, policy)
    titles = ("day", *map(str, policy.thresholds), "letters", "quiet")
    rows = [_rehearsed_cells(each, policy.thresholds) for each in rehearsed]
    show_table(titles, rows)
    if to_csv is not None:
        with to_csv.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([titles, *rows])
    if chart is not None:
        chart.write_text(chart_svg(rehearsed, policy.thresholds), encoding="utf-8")


def _rehearsed_cells(each: Rehearsed, thresholds: tuple[int, ...]) -> tuple[str, ...]:
    counts = [str(each.letters[left] or "") for left in thresholds]
    return (
        each.day.isoformat(),
        *counts,
        str(each.letters.total()),
        "quiet" if each.is_quiet else "",
    )


def explain_card(card: str, on: date | None) -> None:
    """Each rule in turn."""
    policy = current_policy()
    day = on or riyadh_day(utc_now())
    number = clean_registration_number(card, pattern=policy.registration_number.pattern)
    story: Story = run(lambda: tell_story(number, day, policy.reminders))
    show_facts(
        [
            ("Card", words(story.status)),
            ("Last valid day", story.expires_on.isoformat()),
            ("Days left", str((story.expires_on - day).days)),
            ("Current threshold", "none" if story.threshold is None else str(story.threshold)),
            ("Next threshold from", story.next_on.isoformat() if story.next_on else "never"),
            ("Examined next on", story.examine_on.isoformat()),
        ]
    )
    typer.echo()
    show_table(("rule", "says"), [(check.rule, _said(check)) for check in story.checks])
    if story.reminders:
        typer.echo()
        show_table(
            ("expiry", "days left", "status", "reason", "examined", "settled", "letter"),
            [_reminder_cells(each) for each in story.reminders],
            title="Reminders so far",
        )


def _said(check: Check) -> str:
    if check.objection is None:
        return "yes"
    until = f" until {check.objection.until}" if isinstance(check.objection, Defer) else ""
    return f"no: {words(check.objection.reason)}{until}"


def _reminder_cells(each: Reminder) -> tuple[str, ...]:
    return (
        each.expires_on.isoformat(),
        str(each.threshold),
        words(each.status),
        words(each.reason),
        each.examined_on.isoformat(),
        show_instant(each.settled_at) if each.settled_at else "",
        words(each.letter),
    )


def show_backlog(*, as_json: bool) -> None:
    """Cards to examine, letters to send."""
    today = riyadh_day(utc_now())

    async def read() -> tuple[int, list[Waiting]]:
        async with transaction() as session:
            return await count_due(session, today), await backlog(session)

    cards, waiting = run(read)
    if as_json:
        print_json(
            {"cards_to_examine": cards, "letters": [_waiting_json(each) for each in waiting]}
        )
        return
    show_facts(
        [
            ("Cards to examine", str(cards)),
            ("Letters that wait", str(sum(each.letters for each in waiting))),
        ]
    )
    if waiting:
        typer.echo()
        show_table(("days left", "letters", "most attempts", "oldest", "next attempt"), [
            (
                str(each.threshold),
                str(each.letters),
                str(each.attempts),
                show_instant(each.oldest),
                show_instant(each.next_attempt_at),
            )
            for each in waiting
        ])  # fmt: skip


def _waiting_json(each: Waiting) -> dict[str, object]:
    return {
        "days_left": each.threshold,
        "letters": each.letters,
        "most_attempts": each.attempts,
        "oldest": iso(each.oldest),
        "next_attempt_at": iso(each.next_attempt_at),
    }
