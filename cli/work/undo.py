"""What `mumaris reminders undo` does; imported when it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import typer

from cli.asking import confirm
from cli.running import run as run_on_database
from cli.show.output import iso, print_json, show_table, words
from desk.common_clock import common_clock
from desk.policy import current_policy
from desk.reminders.stray_runs import UndoneRun, list_stray_runs, undo_run, whom_it_told
from desk.requests.timeline import show_instant
from models.reminders.reminders import Reminder
from models.reminders.strays import Stray, StrayRun
from rules.policy.thresholds import said_threshold
from rules.reminders.decision import ReminderStatus
from rules.values.dates import riyadh_day


@dataclass(frozen=True)
class UndoOrder:
    """Who takes a run back, and how."""

    by: str
    because: str
    correct: bool


def list_runs(*, as_json: bool) -> None:
    """The runs that were for another day than that on which they ran."""

    async def read() -> list[StrayRun]:
        return await list_stray_runs(now=(await common_clock())())

    found = run_on_database(read)
    if as_json:
        print_json([_run_json(each) for each in found])
        return
    if not found:
        typer.echo("No run has sent reminders as if it were another day.")
        return
    show_table(
        ("run", "about", "ran at", "as if it were", "sent", "not sent", "undone"),
        [
            (
                each.run,
                each.topic,
                show_instant(each.ran_at),
                each.day.isoformat(),
                str(each.sent),
                str(each.other),
                str(each.undone),
            )
            for each in found
        ],
    )


def undo(run: str, order: UndoOrder, *, dry: bool, yes: bool, as_json: bool) -> None:
    """Show whom the run told something untrue; unless ``dry``, ask, and take it back."""

    async def read() -> tuple[datetime, list[Stray]]:
        now = (await common_clock())()
        return now, await whom_it_told(run, now=now)

    now, told = run_on_database(read)
    if not as_json:
        _show(told)
    undone = None
    if not dry:
        _ask(told, order, yes=yes)
        undone = run_on_database(lambda: _undo(run, order, now))
    if as_json:
        print_json(
            {
                "run": run,
                "people": [_stray_json(each) for each in told],
                "undone": None
                if undone is None
                else {
                    "letters": undone.letters,
                    "reopened": undone.reopened,
                    "corrections": undone.corrections,
                },
            }
        )
    elif undone is not None:
        _say(undone)


async def _undo(run: str, order: UndoOrder, now: datetime) -> UndoneRun:
    return await undo_run(
        run,
        by=order.by,
        because=order.because,
        correct=order.correct,
        now=now,
        policy=current_policy().reminders,
    )


def _ask(told: Sequence[Stray], order: UndoOrder, *, yes: bool) -> None:
    sent = sum(each.status == ReminderStatus.SENT for each in told)
    correcting = " and send a correction for each e-mail" if order.correct else ""
    confirm(f"Take back {len(told)} reminders ({sent} e-mails were sent){correcting}?", yes=yes)


def _say(undone: UndoneRun) -> None:
    typer.echo(
        f"{undone.letters} e-mails no longer count; {undone.reopened} other reminders will be "
        "decided again when they are due."
    )
    if undone.corrections:
        typer.echo(f"{undone.corrections} corrections leave with the next run of reminders.")


def _show(told: Sequence[Stray]) -> None:
    show_table(
        ("number", "about", "said", "e-mail", "sent", "true then", "undone", "correction"),
        [
            (
                each.registration_number,
                each.topic,
                _said(each),
                words(each.status),
                show_instant(each.settled_at) if each.settled_at else "",
                _true_then(each),
                show_instant(each.undone_at) if each.undone_at else "",
                words(each.correction),
            )
            for each in told
        ],
    )


def _days(each: Stray, day: date) -> str:
    return said_threshold(each.topic, (each.anchor - day).days)


def _said(each: Stray) -> str:
    """As the run counted: from its day."""
    return _days(each, each.day)


def _true_then(each: Stray) -> str:
    return _days(each, riyadh_day(each.settled_at)) if each.settled_at else ""


def _run_json(each: StrayRun) -> dict[str, object]:
    return {
        "run": each.run,
        "about": each.topic,
        "ran_at": iso(each.ran_at),
        "as_if_it_were": each.day.isoformat(),
        "sent": each.sent,
        "not_sent": each.other,
        "undone": each.undone,
    }


def _stray_json(each: Stray) -> dict[str, object]:
    return {
        "registration_number": each.registration_number,
        "about": each.topic,
        "status": each.status,
        "counted_from": each.anchor.isoformat(),
        "as_if_it_were": each.day.isoformat(),
        "said_days_left": (each.anchor - each.day).days,
        "sent_at": iso(each.settled_at),
        "undone_at": iso(each.undone_at),
        "correction": each.correction,
    }


def reminder_note(each: Reminder) -> str:
    """What is out of the ordinary with a reminder: of another day, undone, or a correction."""
    if each.undone_at is not None:
        return f"said what was true on {each.examined_on}; undone"
    if each.copy_ < 0:
        return "corrects the one that was undone"
    if each.examined_on == riyadh_day(each.created_at):
        return ""
    if each.status == ReminderStatus.SENT:
        return f"said what is true on {each.examined_on}"
    return f"decided as if it were {each.examined_on}"
