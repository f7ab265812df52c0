"""What the commands of `mumaris review` do; imported when one of them runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typer

from cli.running import run
from cli.show.output import iso, last_day, print_json, show_facts, show_table, words
from cli.work.queries import approvals_given
from desk.clock import utc_now
from desk.policy import as_on_card
from desk.requests import review
from desk.requests.timeline import show_instant
from models.database import transaction
from models.practitioners import Practitioner
from models.requests import (
    Decision,
    Request,
    decisions_of_round,
    find_request,
    requests_at_the_gate,
)
from rules.card_renewal.fees import fee_sentences, fine_sentences
from rules.card_renewal.plan import RenewalPlan
from rules.findings.catalogue import CATALOGUE
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field, label_of
from rules.requests.documents import DocumentOnRequest
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict

_QUEUE_TITLES = ("code", "kind", "why", "waiting since", "due", "late", "claimed by", "approvals")


@dataclass(frozen=True)
class _Waiting:
    """A request at the gate, with how many officers have approved it in this round."""

    request: Request
    approvals: int

    def is_overdue(self, now: datetime) -> bool:
        due = self.request.review_due_at
        return due is not None and due <= now


def show_queue(*, as_json: bool) -> None:
    """What waits at the gate, most urgent first."""
    waiting, now = run(_read_queue), utc_now()
    if as_json:
        print_json([_queue_json(each, now) for each in waiting])
    else:
        show_table(_QUEUE_TITLES, [_queue_cells(each, now) for each in waiting])


async def _read_queue() -> list[_Waiting]:
    async with transaction() as session:
        requests = await requests_at_the_gate(session)
        approvals = await approvals_given(session, requests)
    return [_Waiting(request, approvals.get(request.id, 0)) for request in requests]


def _queue_cells(waiting: _Waiting, now: datetime) -> tuple[str, ...]:
    request = waiting.request
    return (
        request.tracking_code,
        words(request.kind),
        ", ".join(words(code) for code in request.review_reasons),
        show_instant(request.status_since),
        last_day(request.review_due_at),
        "OVERDUE" if waiting.is_overdue(now) else "",
        request.claimed_by or "",
        f"{waiting.approvals} of {request.approvals_needed}",
    )


def _queue_json(waiting: _Waiting, now: datetime) -> dict[str, Any]:
    request = waiting.request
    return {
        "tracking_code": request.tracking_code,
        "kind": request.kind,
        "reasons": request.review_reasons,
        "waiting_since": iso(request.status_since),
        "due_at": iso(request.review_due_at),
        "overdue": waiting.is_overdue(now),
        "claimed_by": request.claimed_by,
        "approvals": waiting.approvals,
        "approvals_needed": request.approvals_needed,
        "round": request.round,
    }


def show(code: str, *, as_json: bool) -> None:
    """What the request changes, with the personal data that its officer needs."""
    request, practitioner, decisions = run(lambda: _read_one(code))
    # Until this round is validated, what the row holds is the round before.
    is_validated = bool(request.normalised) and request.status != Status.SUBMITTED
    if as_json:
        print_json(_one_json(request, practitioner, decisions, is_validated=is_validated))
        return
    show_facts(
        [
            ("Tracking code", request.tracking_code),
            ("Kind", words(request.kind)),
            ("Status", f"{words(request.status)}, since {show_instant(request.status_since)}"),
            ("Practitioner", f"{practitioner.name_en} / {practitioner.name_ar}"),
            ("Registration number", as_on_card(practitioner.registration_number)),
            ("Due", last_day(request.review_due_at)),
            ("Claimed by", request.claimed_by or ""),
            ("Approvals", f"{_approvals(decisions)} of {request.approvals_needed}"),
            *_reasons(request),
        ]
    )
    if is_validated and request.kind == Kind.PROFILE_UPDATE:
        _show_update(NormalisedUpdate.from_json(request.normalised), practitioner)
    if is_validated and request.kind == Kind.CARD_RENEWAL:
        _show_renewal(RenewalPlan.from_json(request.normalised))
    _show_rows(
        "Decisions of this round",
        ("officer", "verdict", "reason", "note"),
        [
            (found.officer, found.verdict, found.reason_code or "", found.note or "")
            for found in decisions
        ],
    )


def _one_json(
    request: Request,
    practitioner: Practitioner,
    decisions: list[Decision],
    *,
    is_validated: bool,
) -> dict[str, Any]:
    on_file = practitioner.on_file()
    changed = request.normalised.get("changes", {}) if is_validated else {}
    return _queue_json(_Waiting(request, _approvals(decisions)), utc_now()) | {
        "status": request.status,
        "registration_number": practitioner.registration_number,
        "name_ar": practitioner.name_ar,
        "name_en": practitioner.name_en,
        "on_file": {field: on_file.value(Field(field)) for field in changed},
        "asks_for": request.normalised if is_validated else None,
        "decisions": [
            {
                "officer": found.officer,
                "verdict": found.verdict,
                "reason": found.reason_code,
                "note": found.note,
            }
            for found in decisions
        ],
    }


async def _read_one(code: str) -> tuple[Request, Practitioner, list[Decision]]:
    async with transaction() as session:
        request = await find_request(session, code)
        practitioner = await session.get_one(Practitioner, request.practitioner_id)
        return request, practitioner, await decisions_of_round(session, request)


def _approvals(decisions: list[Decision]) -> int:
    return sum(found.verdict == Verdict.APPROVE for found in decisions)


def _reasons(request: Request) -> list[tuple[str, str]]:
    sentences = (ReviewReason(code).sentence_en for code in request.review_reasons)
    return [("Why a person is needed", sentence) for sentence in sentences]


def _show_update(update: NormalisedUpdate, practitioner: Practitioner) -> None:
    on_file = practitioner.on_file()
    _show_rows(
        "Changes",
        ("field", "from (on file)", "to"),
        [
            (field.label_en, on_file.value(field), update.changes[field])
            for field in Field
            if field in update.changes
        ],
    )
    after = on_file.with_changes(update.changes)
    _show_rows(
        "Doubts",
        ("field", "doubt", "requested", "compared with"),
        [
            (
                label_of(doubt.field, "en"),
                doubt.sentence_en,
                after.value(Field(doubt.field)) if doubt.field in set(Field) else "",
                doubt.against,
            )
            for doubt in update.warnings
        ],
    )
    _show_rows(
        "Certificates",
        ("title", "issuer", "issued", "CPD hours"),
        [
            (entry.title, entry.issuer, entry.issued_on.isoformat(), str(entry.cpd_hours))
            for entry in update.certificates
        ],
    )
    _show_rows(
        "Experience",
        ("role", "employer", "from", "until", "CPD hours"),
        [
            (
                entry.role,
                entry.employer,
                entry.started_on.isoformat(),
                entry.ended_on.isoformat() if entry.ended_on else "",
                str(entry.cpd_hours),
            )
            for entry in update.experience
        ],
    )
    _show_documents(update.documents)


def _show_renewal(plan: RenewalPlan) -> None:
    typer.echo()
    show_facts(
        [
            ("Card expires on", plan.old_expires_on.isoformat()),
            ("Renewed for", f"{plan.years} year{'' if plan.years == 1 else 's'}"),
            ("CPD hours", f"{plan.hours_counted} of {plan.hours_needed}"),
            ("Fee", fee_sentences(plan.fee).en),
            ("Fine", fine_sentences(plan.fine).en),
            *(("Doubt", CATALOGUE[code][1]) for code in plan.warnings),
        ]
    )
    _show_documents(plan.documents)


def _show_documents(documents: Sequence[DocumentOnRequest]) -> None:
    _show_rows(
        "Documents",
        ("kind", "issuer", "issued", "expires", "SHA-256"),
        [
            (
                words(entry.kind),
                entry.issuer,
                entry.issued_on.isoformat(),
                entry.expires_on.isoformat() if entry.expires_on else "",
                entry.sha256,
            )
            for entry in documents
        ],
    )


def _show_rows(title: str, titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        typer.echo()
        show_table(titles, rows, title=title)


def claim(code: str, officer: str, *, as_json: bool) -> None:
    """Take the request to work on."""
    run(lambda: review.claim(code, officer, now=utc_now()))
    _tell(code, "claimed", as_json=as_json)


def release(code: str, officer: str, *, as_json: bool) -> None:
    """Put the request back into the queue."""
    run(lambda: review.release(code, officer, now=utc_now()))
    _tell(code, "released", as_json=as_json)


def assign(code: str, officer: str, *, as_json: bool) -> None:
    """Give the request to the officer."""
    run(lambda: review.assign(code, officer, now=utc_now()))
    _tell(code, "assigned", as_json=as_json)


def _tell(code: str, line: str, *, as_json: bool) -> None:
    """What was done, in a line; for programs the request as it stands at the gate now."""
    if not as_json:
        typer.echo(line)
        return
    request, _, decisions = run(lambda: _read_one(code))
    print_json(_queue_json(_Waiting(request, _approvals(decisions)), utc_now()))
