"""What needs a hand, in sentences, each with the command that shows or mends it."""

from collections.abc import Iterator
from dataclasses import dataclass

from cli.show.output import words
from cli.work.documents.store import DocumentsSeen
from cli.work.prefect_look import PrefectSeen
from desk.operations.overview import Overview
from desk.requests.timeline import show_instant
from stack.local import POOL, POOL_TYPE


@dataclass(frozen=True)
class Need:
    """One thing that somebody should look at; the code is for programs and stays as it is."""

    code: str
    message: str
    command: str | None = None


_START_WORKER = f"prefect worker start --pool {POOL} --type {POOL_TYPE}"


def needs_of(seen: Overview, prefect: PrefectSeen, documents: DocumentsSeen) -> list[Need]:
    """All of them, what stops everything first."""
    return [
        *_of_the_machinery(seen, prefect),
        *_of_documents(seen, documents),
        *_of_mail(seen),
        *_of_waiting_documents(seen),
        *_of_requests(seen),
    ]


def _of_the_machinery(seen: Overview, prefect: PrefectSeen) -> Iterator[Need]:
    if prefect.trouble:
        yield Need("prefect_unusable", f"Prefect cannot be used: {prefect.trouble}.")
    if prefect.workers_online == 0:
        yield Need("no_worker", "No worker is online: no request moves.", _START_WORKER)
    if seen.sweep_stopped:
        since = f"since {show_instant(seen.swept_at)}" if seen.swept_at else "yet"
        yield Need(
            "sweep_stopped",
            f"There was no sweep {since}: nothing is woken, sent or closed without a worker.",
            "mumaris caretaker",
        )
    for about, runs in seen.reminders.items():
        if runs.missed_on and runs.to_examine:
            yield Need(
                "reminders_missed",
                f"The {about} reminders of {runs.missed_on} were not sent, nor any later ones.",
                f"mumaris reminders run --about {about}",
            )


def _of_documents(seen: Overview, documents: DocumentsSeen) -> Iterator[Need]:
    if documents.trouble:
        yield Need("documents_unusable", f"No document can be read or kept: {documents.trouble}.")
    if seen.retention.is_late:
        last = seen.retention.last_run_at
        since = f"since {show_instant(last)}" if last else "yet"
        yield Need(
            "retention_late",
            f"No run has destroyed the documents whose end has come {since}.",
            "mumaris document retention",
        )


def _of_mail(seen: Overview) -> Iterator[Need]:
    mail = seen.mail
    if mail.away_since:
        yield Need(
            "mail_away",
            f"No e-mail has left since {show_instant(mail.away_since)}: {mail.away_reason}.",
            "mumaris letters list --status queued",
        )
    if mail.letters_failed:
        yield Need(
            "letters_failed",
            f"{_count(mail.letters_failed, 'e-mail')} about requests could not be delivered.",
            "mumaris letters list --status failed",
        )
    if mail.reminders_failed:
        yield Need(
            "reminders_failed",
            f"{_count(mail.reminders_failed, 'reminder')} could not be delivered.",
            "mumaris letters list --status failed",
        )


def _of_waiting_documents(seen: Overview) -> Iterator[Need]:
    waiting, kept = seen.documents.left_to_check, seen.documents.left_to_empty
    if waiting.number and waiting.since:
        yield Need(
            "documents_unchecked",
            f"{_count(waiting.number, 'document')} could not be checked, the oldest since "
            f"{show_instant(waiting.since)}: see the scanner and the log.",
        )
    if kept.number and kept.since:
        yield Need(
            "documents_not_removed",
            f"{_count(kept.number, 'destroyed document')} could not be removed from the store, the "
            f"oldest since {show_instant(kept.since)}.",
            "mumaris document retention",
        )


def _of_requests(seen: Overview) -> Iterator[Need]:
    for stuck in seen.stuck:
        yield Need(
            "request_set_aside",
            f"Request {stuck.tracking_code} is set aside ({words(stuck.work)}: "
            f"{words(stuck.reason)}), {stuck.tries} tries since {show_instant(stuck.since)}.",
            f"mumaris request show {stuck.tracking_code}",
        )
    for code in seen.without_run:
        yield Need(
            "request_without_run",
            f"Request {code} has no run in Prefect.",
            f"mumaris request show {code}",
        )
    if seen.reviews_overdue:
        yield Need(
            "reviews_overdue",
            f"{_count(seen.reviews_overdue, 'review')} should have been done by now.",
            "mumaris review queue",
        )
    for code, officer in seen.idle_claims:
        yield Need(
            "claim_of_inactive_officer",
            f"Request {code} is claimed by {officer}, who is not active any more.",
            f"mumaris review assign {code} --officer NAME",
        )
    for code in seen.without_bill:
        yield Need(
            "bill_without_amount",
            f"Request {code} waits for the amount of its bill.",
            f"mumaris payment bill {code} --amount AMOUNT",
        )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
