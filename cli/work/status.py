"""What `mumaris status` does; imported when it runs."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import typer

from cli.errors import ExitCode
from cli.running import run
from cli.show.documents import said_of_store
from cli.show.operations import (
    MAIL_TITLES,
    REVIEW_TITLES,
    ago,
    duration,
    mail_rows,
    operations_json,
    review_rows,
    said_of_runs,
    said_of_suppressions,
    said_of_window,
)
from cli.show.output import clear_screen, iso, print_json, show_facts, show_table, words
from cli.work.documents.store import DocumentsSeen, look_at_documents
from cli.work.needs import all_needs
from cli.work.prefect_look import PrefectSeen, look_at_prefect
from desk.operations.needs import Need
from desk.operations.overview import Overview, Reminding, Retention, overview
from desk.requests.timeline import show_instant
from models.database import is_passing
from models.machine_figures import MachineTroubles
from rules.requests.statuses import Status

#: Seconds between two looks.
_EVERY = 5.0


def status(*, as_json: bool) -> None:
    """Print the figures; exit code 1 where something needs a hand."""
    if look(as_json=as_json):
        raise typer.Exit(ExitCode.REFUSED)


def watch(*, as_json: bool, pause: Callable[[float], None] = time.sleep) -> None:
    """Print the figures again and again, until Ctrl-C; then the exit code is that of the last.

    While the database is away it says so, and looks again.
    """
    needs = False
    try:
        while True:
            clear_screen()
            try:
                needs = look(as_json=as_json)
            except Exception as fault:
                if not is_passing(fault):
                    raise
                typer.echo("The database cannot be reached.", err=True)
                needs = True
            pause(_EVERY)
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.REFUSED if needs else 0) from None


def look(*, as_json: bool) -> bool:
    """Print the figures once; whether something needs a hand."""
    seen = run(overview)
    prefect = look_at_prefect()
    documents = look_at_documents()
    needs = all_needs(seen, prefect, documents)
    if as_json:
        print_json(_json(seen, prefect, documents, needs))
    else:
        _show(seen, prefect, documents, needs)
    return bool(needs)


def _show(
    seen: Overview, prefect: PrefectSeen, documents: DocumentsSeen, needs: Sequence[Need]
) -> None:
    show_facts(
        [
            ("As of", show_instant(seen.at)),
            ("Database", "reachable"),
            ("Prefect", _said_of(prefect)),
            ("Prefect's window", said_of_window(seen)),
            ("Last sweep", ago(seen.swept_at, seen.at)),
            ("Requests on their way", said_of_runs(seen)),
            ("E-mails", _said_of_mail(seen)),
            ("No reminders to", said_of_suppressions(seen.mail_figures)),
            ("Documents", said_of_store(documents.address, documents.scanner)),
            *(
                (f"{topic.title()} reminders", _said_of_reminders(runs))
                for topic, runs in seen.reminders.items()
            ),
            ("Document retention", _said_of_retention(seen.document_retention)),
            ("Retention of the rest", _said_of_retention(seen.retention)),
        ]
    )
    for titles, rows in _tables(seen):
        if rows:
            typer.echo()
            show_table(titles, rows)
    typer.echo()
    if not needs:
        typer.echo("Nothing needs a hand.")
        return
    typer.echo("Needs a hand:")
    for need in needs:
        typer.echo(f"  {need.message}")
        if need.command:
            typer.echo(f"    {need.command}")


def _tables(seen: Overview) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    """Titles and rows; those without rows are not shown."""
    requests: list[tuple[str, ...]] = [
        (words(kind), words(at), f"{number:,}") for kind, at, number in _ordered(seen)
    ]
    documents: list[tuple[str, ...]] = [
        (words(state), f"{number:,}") for state, number in seen.documents.by_state
    ]
    return [
        (("requests", "status", "number"), requests),
        (REVIEW_TITLES, review_rows(seen.reviews)),
        (MAIL_TITLES, mail_rows(seen.mail_figures)),
        (("documents", "number"), documents),
    ]


def _ordered(seen: Overview) -> list[tuple[str, str, int]]:
    """Kinds by name, statuses in the order of a request's life."""
    order: dict[str, int] = {name: place for place, name in enumerate(Status)}
    return sorted(seen.requests, key=lambda row: (row[0], order.get(row[1], len(order))))


def _said_of(prefect: PrefectSeen) -> str:
    if prefect.api_url is None:
        return "not asked: PREFECT_API_URL names none"
    if prefect.trouble:
        return prefect.trouble
    number = prefect.workers_online
    return f"reachable, {number} worker{'' if number == 1 else 's'} online"


def _said_of_mail(seen: Overview) -> str:
    mail = seen.mail
    waiting = mail.letters_waiting + mail.reminders_waiting
    failed = mail.letters_failed + mail.reminders_failed
    age = mail.oldest_age(seen.at)
    oldest = f" (the oldest for {duration(age)})" if age else ""
    return f"{waiting:,} waiting{oldest}, {failed:,} failed"


def _said_of_reminders(runs: Reminding) -> str:
    last = show_instant(runs.last_run_at) if runs.last_run_at else "never"
    return f"last run {last}, {runs.to_examine:,} to examine"


def _said_of_retention(runs: Retention) -> str:
    last = runs.last_run_at
    return f"last run {show_instant(last)}" if last else "never run"


def _json(
    seen: Overview, prefect: PrefectSeen, documents: DocumentsSeen, needs: Sequence[Need]
) -> dict[str, Any]:
    mail = asdict(seen.mail)
    return {
        "at": iso(seen.at),
        "database": {"reachable": True},
        "prefect": {
            "reachable": None if prefect.api_url is None else prefect.trouble is None,
            "trouble": prefect.trouble,
            "workers_online": prefect.workers_online,
        },
        "documents": asdict(documents)
        | {
            "states": dict(seen.documents.by_state),
            "left_to_check": _plain(seen.documents.left_to_check._asdict()),
            "left_to_empty": _plain(seen.documents.left_to_empty._asdict()),
        },
        "last_sweep_at": iso(seen.swept_at),
        "requests": [
            {"kind": kind, "status": at, "number": number} for kind, at, number in _ordered(seen)
        ],
        "reviews_overdue": seen.reviews.late,
        "set_aside": [_plain(asdict(stuck)) for stuck in seen.stuck],
        "without_run": list(seen.without_run),
        "without_bill": list(seen.without_bill),
        "claims_of_inactive_officers": [
            {"tracking_code": code, "officer": officer} for code, officer in seen.idle_claims
        ],
        "mail": _plain(mail | {"letters_overdue": _plain(seen.mail.letters_overdue._asdict())}),
        "reminders": {topic: _plain(asdict(runs)) for topic, runs in seen.reminders.items()},
        "document_retention": _plain(asdict(seen.document_retention)),
        "retention": _plain(asdict(seen.retention)),
        "other_systems": _other_systems(seen.machines),
        "needs_a_hand": [_plain(asdict(need)) for need in needs],
    } | operations_json(seen)


def _other_systems(seen: MachineTroubles) -> dict[str, Any]:
    return {
        "receivers_gone": [{"subscription": id_, "since": iso(at)} for id_, at in seen.gone],
        "webhooks_failed": seen.webhooks_failed,
        "files_failed": seen.files_failed,
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """Instants in UTC and days as JSON carries them."""
    return {name: _said(value) for name, value in values.items()}


def _said(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value
