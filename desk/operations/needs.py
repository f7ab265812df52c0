"""What needs a hand, put together once: the command, the page and Prefect show the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from desk.operations.overview import Overview
from desk.requests.timeline import show_instant


class NeedCode(StrEnum):
    """What somebody should look at; what stops everything comes first. Programs read these."""

    PREFECT_UNUSABLE = "prefect_unusable"
    NO_WORKER = "no_worker"
    DOCUMENTS_UNUSABLE = "documents_unusable"
    SWEEP_STOPPED = "sweep_stopped"
    PREFECT_TRAILS = "prefect_trails"
    MAIL_AWAY = "mail_away"
    LETTERS_OVERDUE = "letters_overdue"
    REMINDERS_MISSED = "reminders_missed"
    DOCUMENT_RETENTION_LATE = "document_retention_late"
    RETENTION_LATE = "retention_late"
    RECEIVER_GONE = "receiver_gone"
    WEBHOOKS_FAILED = "webhooks_failed"
    FILES_FAILED = "files_failed"
    LETTERS_FAILED = "letters_failed"
    REMINDERS_FAILED = "reminders_failed"
    DOCUMENTS_UNCHECKED = "documents_unchecked"
    DOCUMENTS_NOT_REMOVED = "documents_not_removed"
    BELLS_UNANSWERED = "bells_unanswered"
    WITHOUT_PROGRESS = "without_progress"
    REQUEST_SET_ASIDE = "request_set_aside"
    REQUEST_WITHOUT_RUN = "request_without_run"
    REVIEWS_OVERDUE = "reviews_overdue"
    CLAIM_OF_INACTIVE_OFFICER = "claim_of_inactive_officer"
    BILL_WITHOUT_AMOUNT = "bill_without_amount"


@dataclass(frozen=True)
class Need:
    """One thing that somebody should look at, in a sentence for operations."""

    code: NeedCode
    message: str
    #: What shows or mends it.
    command: str | None = None
    #: How many requests, e-mails or documents it is about.
    number: int = 1
    #: Since when, where that is known.
    since: datetime | None = None


@dataclass(frozen=True)
class Sort:
    """All needs of one code: no codes of requests, no names."""

    code: NeedCode
    number: int
    #: Since when the oldest of them.
    since: datetime | None


def sorts_of(needs: Iterable[Need]) -> list[Sort]:
    """The needs by code, what stops everything first."""
    return [
        _sort(code, list(same)) for code, same in groupby(in_order(needs), key=attrgetter("code"))
    ]


def _sort(code: NeedCode, needs: Sequence[Need]) -> Sort:
    since = min((need.since for need in needs if need.since), default=None)
    return Sort(code, sum(need.number for need in needs), since)


def in_order(needs: Iterable[Need]) -> list[Need]:
    """What stops everything first; those of one code as they come."""
    place = {code: place for place, code in enumerate(NeedCode)}
    return sorted(needs, key=lambda need: place[need.code])


def needs_of(seen: Overview) -> list[Need]:
    """All that our own tables tell of, in order."""
    return in_order(
        [
            *_of_the_machinery(seen),
            *_of_recurring_runs(seen),
            *_of_mail(seen),
            *_of_other_systems(seen),
            *_of_documents(seen),
            *_of_runs(seen),
            *_of_requests(seen),
        ]
    )


def _of_the_machinery(seen: Overview) -> Iterator[Need]:
    if seen.sweep_stopped:
        yield Need(
            NeedCode.SWEEP_STOPPED,
            f"There was no sweep {_since(seen.swept_at)}: nothing is woken, sent or closed without "
            "a worker.",
            "mumaris caretaker",
            since=seen.swept_at,
        )
    window = seen.window
    if window.since:
        yield Need(
            NeedCode.PREFECT_TRAILS,
            f"What Prefect shows trails: {_count(window.requests, 'request')} moved, the oldest at "
            f"{show_instant(window.since)}, and Prefect was not told.",
            number=window.requests,
            since=window.since,
        )


def _of_mail(seen: Overview) -> Iterator[Need]:
    yield from _of_letters_that_failed(seen)
    mail = seen.mail
    if mail.away_since:
        yield Need(
            NeedCode.MAIL_AWAY,
            f"No e-mail has left since {show_instant(mail.away_since)}: {mail.away_reason}.",
            "mumaris letters list --status queued",
            number=mail.letters_waiting + mail.reminders_waiting,
            since=mail.away_since,
        )
        return
    number, since = mail.letters_overdue
    if since:
        yield Need(
            NeedCode.LETTERS_OVERDUE,
            f"{_count(number, 'e-mail')} should have been sent, the oldest at "
            f"{show_instant(since)}: nobody sends, or there are too many.",
            "mumaris letters list --status queued",
            number=number,
            since=since,
        )


def _of_recurring_runs(seen: Overview) -> Iterator[Need]:
    for about, runs in seen.reminders.items():
        if runs.missed_on and runs.to_examine:
            yield Need(
                NeedCode.REMINDERS_MISSED,
                f"The {about} reminders of {runs.missed_on} were not sent, nor any later ones.",
                f"mumaris reminders run --about {about}",
                number=runs.to_examine,
                since=runs.last_run_at,
            )
    if seen.document_retention.is_late:
        yield Need(
            NeedCode.DOCUMENT_RETENTION_LATE,
            "No run has destroyed the documents whose end has come "
            f"{_since(seen.document_retention.last_run_at)}.",
            "mumaris document retention",
            since=seen.document_retention.last_run_at,
        )
    if seen.retention.is_late:
        yield Need(
            NeedCode.RETENTION_LATE,
            "No whole run has removed what is not kept any longer "
            f"{_since(seen.retention.last_run_at)}.",
            "mumaris retention run",
            since=seen.retention.last_run_at,
        )


def _of_other_systems(seen: Overview) -> Iterator[Need]:
    for subscription, since in seen.machines.gone:
        yield Need(
            NeedCode.RECEIVER_GONE,
            f"Subscription {subscription} is sent nothing: its receiver said at "
            f"{show_instant(since)} that it is gone.",
            f"mumaris webhook resume {subscription}",
            since=since,
        )
    if seen.machines.webhooks_failed:
        yield Need(
            NeedCode.WEBHOOKS_FAILED,
            f"{_count(seen.machines.webhooks_failed, 'webhook')} could not be delivered.",
            "mumaris webhook failed",
            number=seen.machines.webhooks_failed,
        )
    if seen.machines.files_failed:
        yield Need(
            NeedCode.FILES_FAILED,
            f"{_count(seen.machines.files_failed, 'file')} of other systems ended before the last "
            "row: by a fault of ours, which the worker's log names, or as the system was revoked.",
            number=seen.machines.files_failed,
        )


def _of_letters_that_failed(seen: Overview) -> Iterator[Need]:
    mail = seen.mail
    if mail.letters_failed:
        yield Need(
            NeedCode.LETTERS_FAILED,
            f"{_count(mail.letters_failed, 'e-mail')} about requests could not be delivered.",
            "mumaris letters list --status failed",
            number=mail.letters_failed,
        )
    if mail.reminders_failed:
        yield Need(
            NeedCode.REMINDERS_FAILED,
            f"{_count(mail.reminders_failed, 'reminder')} could not be delivered.",
            "mumaris letters list --status failed",
            number=mail.reminders_failed,
        )


def _of_documents(seen: Overview) -> Iterator[Need]:
    waiting, kept = seen.documents.left_to_check, seen.documents.left_to_empty
    if waiting.number and waiting.since:
        yield Need(
            NeedCode.DOCUMENTS_UNCHECKED,
            f"{_count(waiting.number, 'document')} could not be checked, the oldest since "
            f"{show_instant(waiting.since)}: see the scanner and the log.",
            number=waiting.number,
            since=waiting.since,
        )
    if kept.number and kept.since:
        yield Need(
            NeedCode.DOCUMENTS_NOT_REMOVED,
            f"{_count(kept.number, 'destroyed document')} could not be removed from the store, the "
            f"oldest since {show_instant(kept.since)}.",
            "mumaris document retention",
            number=kept.number,
            since=kept.since,
        )


def _of_runs(seen: Overview) -> Iterator[Need]:
    for code, waits, said in (
        (NeedCode.BELLS_UNANSWERED, seen.bells_unanswered, "moved, and the run was not woken"),
        (NeedCode.WITHOUT_PROGRESS, seen.without_progress, "under way, and the run stands still"),
    ):
        if waits.since:
            are = "request is" if waits.number == 1 else "requests are"
            yield Need(
                code,
                f"{waits.number:,} {are} {said}, the oldest since {show_instant(waits.since)}.",
                f"mumaris request show {waits.oldest}",
                number=waits.number,
                since=waits.since,
            )


def _of_requests(seen: Overview) -> Iterator[Need]:
    for stuck in seen.stuck:
        yield Need(
            NeedCode.REQUEST_SET_ASIDE,
            f"Request {stuck.tracking_code} is set aside ({_words(stuck.work)}: "
            f"{_words(stuck.reason)}), {stuck.tries} tries since {show_instant(stuck.since)}.",
            f"mumaris request show {stuck.tracking_code}",
            since=stuck.since,
        )
    for code in seen.without_run:
        yield Need(
            NeedCode.REQUEST_WITHOUT_RUN,
            f"Request {code} has no run in Prefect.",
            f"mumaris request show {code}",
        )
    if seen.reviews.late:
        yield Need(
            NeedCode.REVIEWS_OVERDUE,
            f"{_count(seen.reviews.late, 'review')} should have been done by now.",
            "mumaris review queue",
            number=seen.reviews.late,
        )
    for code, officer in seen.idle_claims:
        yield Need(
            NeedCode.CLAIM_OF_INACTIVE_OFFICER,
            f"Request {code} is claimed by {officer}, who has left or is away.",
            f"mumaris review assign {code} --officer NAME",
        )
    for code in seen.without_bill:
        yield Need(
            NeedCode.BILL_WITHOUT_AMOUNT,
            f"Request {code} waits for the amount of its bill.",
            f"mumaris payment bill {code} --amount AMOUNT",
        )


def _since(last: datetime | None) -> str:
    return f"since {show_instant(last)}" if last else "yet"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _words(code: str) -> str:
    return code.replace("_", " ")
