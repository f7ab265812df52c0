"""A request's timeline: what happened, when, by whom; codes and instants, no personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from models.requests import Request, RequestEvent
from rules.requests.events import EventName
from rules.requests.statuses import ActorKind, Kind, Status
from rules.values.dates import RIYADH

#: What operations and officers read for each event.
WORDS: Mapping[str, str] = {
    EventName.SUBMITTED: "submitted",
    EventName.UNDER_REVIEW: "valid; waits at the review gate",
    EventName.RETURNED: "returned for correction",
    EventName.APPROVED: "approved",
    EventName.AWAITING_PAYMENT: "waits for payment",
    EventName.PAID: "payment recorded",
    EventName.AWAITING_ACTIVATION: "activation link mailed",
    EventName.ACTIVATED: "activated; the changes took effect",
    EventName.REJECTED: "rejected",
    EventName.WITHDRAWN: "withdrawn",
    EventName.EXPIRED: "expired",
    EventName.CLAIMED: "claimed by an officer",
    EventName.RELEASED: "released; anybody can take it",
    EventName.ASSIGNED: "assigned to an officer",
    EventName.SKIPPED: "passed on by an officer, with a reason",
    EventName.PUT_ASIDE: "put aside by an officer until a day",
    EventName.TAKEN_UP: "taken up again before that day",
    EventName.DECISION_WAITS: "decided by an officer, who can take it back for some seconds",
    EventName.DECISION_TAKEN_BACK: "that decision was taken back",
    EventName.DECISION_NOT_LANDED: "that decision was refused; nothing is decided",
    EventName.APPROVED_BY_ONE: "approved by a first officer; another one is needed",
    EventName.REFERENCE_ISSUED: "reference number issued",
    EventName.PLAN_CHANGED: "what it would change is different now; worked out again",
    EventName.BILL_NEEDS_AMOUNT: "the bill's amount has to be set by operations",
    EventName.BILL_ISSUED: "bill issued; the e-mail says how to pay",
    EventName.LINK_RESENT: "new activation link asked for",
    EventName.LINK_REMINDED: "reminder of the activation link",
    EventName.LINK_EXPIRED: "activation link expired",
    EventName.ACTIVATION_HELD: "activated; held so that the address on file can stop it",
    EventName.UNDONE: "contact details taken back by the address before",
    EventName.REGISTER_UNREACHABLE: "official register unreachable; will be asked again",
    EventName.REVIEW_ESCALATED: "review overdue; escalated",
    EventName.LETTER_FAILED: "an e-mail could not be delivered",
    EventName.LETTER_CAME_BACK: "an e-mail came back: it did not arrive",
    EventName.LETTER_RESENT: "an e-mail that did not arrive is sent again",
    EventName.LETTER_DROPPED: "an e-mail that did not arrive is not sent again",
    EventName.RUN_RESTARTED: "run restarted after it died",
}


@dataclass(frozen=True, kw_only=True)
class TimelineEntry:
    """One line of the timeline: its codes, and the words for them."""

    at: datetime
    event: EventName
    from_status: Status | None
    to_status: Status | None
    actor_kind: ActorKind
    #: The officer's user name, where an officer did it.
    officer: str | None
    reason_code: str | None
    round: int

    @property
    def what(self) -> str:
        """What happened."""
        return WORDS.get(self.event, self.event.replace("_", " "))

    @property
    def by(self) -> str:
        """Whose doing it was; no name."""
        return self.actor_kind.replace("_", " ")

    @property
    def reason(self) -> str:
        """Its code; empty where there is none."""
        return self.reason_code or ""


def timeline(events: Sequence[RequestEvent]) -> tuple[TimelineEntry, ...]:
    """The events, oldest first."""
    return tuple(
        TimelineEntry(
            at=event.at,
            event=event.what,
            from_status=event.from_status,
            to_status=event.to_status,
            actor_kind=event.actor_kind,
            officer=event.actor,
            reason_code=event.reason_code,
            round=event.round,
        )
        for event in events
    )


def timeline_markdown(request: Request, events: Sequence[RequestEvent]) -> str:
    """The timeline as operations see it in the Prefect UI."""
    kind = Kind(request.kind).words.en.capitalize()
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
