"""A request's timeline: what happened, when, by whom; codes and instants, no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from desk.clock import RIYADH
from models.requests import Request, RequestEvent
from rules.statuses import Kind, Status

_WORDS = {
    Status.SUBMITTED: "submitted",
    Status.UNDER_REVIEW: "valid; waits at the review gate",
    Status.RETURNED: "returned for correction",
    Status.APPROVED: "approved",
    Status.AWAITING_PAYMENT: "waits for payment",
    Status.PAID: "payment recorded",
    Status.AWAITING_ACTIVATION: "activation link mailed",
    Status.ACTIVATED: "activated; in force",
    Status.REJECTED: "rejected",
    Status.WITHDRAWN: "withdrawn",
    Status.EXPIRED: "expired",
    "approved_by_one": "approved by a first officer; another one is needed",
    "reference_issued": "reference number issued",
    "plan_changed": "what it would bring has changed; computed afresh",
    "bill_needs_amount": "the bill's amount has to be set by operations",
    "bill_issued": "bill issued; the letter says where to pay",
    "link_resent": "new activation link asked for",
    "link_reminded": "reminder of the activation link",
    "link_expired": "activation link expired",
    "register_unreachable": "official register unreachable; will be asked again",
    "review_escalated": "review overdue; escalated",
    "letter_failed": "a letter could not be delivered",
    "run_restarted": "run restarted after it died",
}


@dataclass(frozen=True)
class TimelineEntry:
    """One line of the timeline."""

    at: datetime
    what: str
    by: str
    reason: str


def timeline(events: Sequence[RequestEvent]) -> list[TimelineEntry]:
    """The events in words, oldest first."""
    return [
        TimelineEntry(
            at=event.at,
            what=_WORDS.get(event.what, event.what.replace("_", " ")),
            by=event.actor_kind.replace("_", " "),
            reason=event.reason_code or "",
        )
        for event in events
    ]


def timeline_markdown(request: Request, events: Sequence[RequestEvent]) -> str:
    """The timeline as operations see it in the Prefect UI."""
    kind = Kind(request.kind).value.replace("_", " ").capitalize()
    status = request.status.replace("_", " ")
    lines = [
        f"# {kind} {request.tracking_code}",
        "",
        f"**Status:** {status}, since {show_instant(request.status_since)}",
        "",
        f"**Reference number:** {request.reference_number or 'not issued'}",
        "",
        "| When (Riyadh) | What | By | Reason |",
        "|---|---|---|---|",
        *(
            f"| {show_instant(entry.at)} | {entry.what} | {entry.by} | {entry.reason} |"
            for entry in timeline(events)
        ),
    ]
    return "\n".join(lines)


def show_instant(when: datetime) -> str:
    """An instant on Riyadh's clock, to the second."""
    return f"{when.astimezone(RIYADH):%Y-%m-%d %H:%M:%S}"
