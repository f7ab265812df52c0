"""What `mumaris reminders run` does; imported when it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

import typer

from cli.asking import confirm
from cli.running import run
from cli.show.output import print_json, show_table, words
from desk.common_clock import common_clock
from desk.policy import current_policy
from desk.reminders.ordering import Order
from desk.reminders.outlook import count_possible, thresholds_are_new
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day
from tasks.reminders.run import RunReport, rehearse_day, run_reminders
from tasks.reminders.table import figures, table

#: A run that may write to more people than this asks first.
MANY = 100


@dataclass(frozen=True)
class AskedRun:
    """What a run was asked to do."""

    topics: Sequence[Topic]
    on: date | None
    dry: bool
    at_any_hour: bool
    order: Order | None


def run_day(asked: AskedRun, *, yes: bool, as_json: bool) -> None:
    """Plan and send today's reminders on each topic, or say what another day's run would do."""
    if asked.order is not None:
        confirm(f"Send the reminders of {asked.on} today?", yes=yes)
    elif not (yes or asked.dry):
        number = run(lambda: count_possible(asked.topics, asked.on))
        question = f"Send today's reminders? Up to {number:,} e-mails leave."
        confirm(question, yes=number <= MANY)
    name = f"command-{uuid4()}"

    async def work() -> tuple[date, list[tuple[RunReport, bool]]]:
        clock = await common_clock()
        today, found = riyadh_day(clock()), []
        for topic in asked.topics:
            if asked.dry:
                report = await rehearse_day(topic, asked.on or today, now=clock())
            else:
                report = await run_reminders(
                    topic,
                    asked.on,
                    run=name,
                    clock=clock,
                    at_any_hour=asked.at_any_hour,
                    order=asked.order,
                )
            found.append((report, await thresholds_are_new(topic, current_policy().reminders)))
        return today, found

    today, found = run(work)
    if as_json:
        print_json(
            {
                "run": name,
                "today": today.isoformat(),
                "reports": [_report_json(report) for report, _ in found],
            }
        )
        return
    for report, thresholds_new in found:
        _show_report(report, thresholds_new=thresholds_new)
    if any(not report.rehearsed for report, _ in found):
        typer.echo(f"Run: {name}")
    elif asked.on not in {None, today} and not asked.dry:
        typer.echo(
            f"{asked.on} is not today ({today}), so nothing was sent. "
            "To send these today, add --send and say --because why."
        )


def _show_report(found: RunReport, *, thresholds_new: bool) -> None:
    if found.rehearsed and thresholds_new:
        typer.echo(
            f"Policy's thresholds are new: the next run will look at all {plural(found.topic)} "
            "again, which this one did not."
        )
    _show_table(found)
    if found.rehearsed:
        typer.echo(
            f"{found.examined} {plural(found.topic)} would be examined on {found.day} and "
            f"{found.would_send} e-mails sent; nothing was sent or kept"
        )
    else:
        away = found.mail_is_away
        said = figures(found.sent, found.waiting, found.failed, mail_is_away=away)
        typer.echo(f"{found.examined} {plural(found.topic)} examined; e-mails: {said}")


def _report_json(found: RunReport) -> dict[str, object]:
    return {
        "about": found.topic,
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


def plural(topic: Topic) -> str:
    """Several of the topic."""
    return f"{topic}s"


def _show_table(found: RunReport) -> None:
    rows = table(found.topic, found.by_threshold, rehearsed=found.rehearsed)
    if rows:
        lines = [tuple(words(str(cell)) for cell in row.values()) for row in rows]
        show_table(tuple(rows[0]), lines, title=f"Reminders of {plural(found.topic)}")
