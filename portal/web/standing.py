"""Where a request stands, as pages show it to whoever holds its code or made it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from desk.clock import last_day
from mail.facts.pages import BEGINS_AT, page_of
from models.requests import Request
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import FINAL, WAITS_FOR_APPLICANT

_STEPS = ("received", "review", "approval", "activation", "in_force")
#: How many steps lie behind a request in this status; a closed one has left the path.
_STEPS_DONE = {
    Status.SUBMITTED: 0,
    Status.UNDER_REVIEW: 1,
    Status.RETURNED: 1,
    Status.APPROVED: 2,
    Status.AWAITING_PAYMENT: 2,
    Status.PAID: 2,
    Status.AWAITING_ACTIVATION: 3,
    Status.ACTIVATED: 5,
}


@dataclass(frozen=True)
class Turn:
    """Whose turn it is, and until when."""

    #: ``you``, ``us`` or ``nobody``, with ``_late`` where a day has passed that was promised.
    whose: str
    by: date | None


def whose_turn(found: Request, now: datetime) -> Turn:
    """Who has to do something about the request, and by which day; None where there is no day."""
    status = Status(found.status)
    if status in FINAL:
        return Turn("nobody", None)
    day = _last_day(found, now)
    if status is Status.AWAITING_ACTIVATION and found.held_until is not None:
        return Turn("us", last_day(found.held_until))
    if status in WAITS_FOR_APPLICANT:
        return Turn("you", day)
    return Turn("us_late" if _is_late(found, now) else "us", day)


@dataclass(frozen=True)
class Onward:
    """The page of whoever made the request on which something is done about it now."""

    #: The ending of its link's sentence.
    name: str
    path: str


#: Closed without having come into force.
_CAME_TO_NOTHING = frozenset(FINAL) - {Status.ACTIVATED}
_ASKS_FOR = {Status.RETURNED: "correct", Status.AWAITING_PAYMENT: "pay"}


def onward(kind: Kind, status: Status, tracking_code: str) -> Onward:
    """Where to go on: as the e-mails have it, the request's page is signed in to."""
    if status in _CAME_TO_NOTHING:
        return Onward("new", BEGINS_AT[kind])
    return Onward(_ASKS_FOR.get(status, "open"), page_of(kind, tracking_code, status))


def shown_standing(found: Request, *, now: datetime) -> dict[str, Any]:
    """What ``standing.html`` shows of a request: nobody's data."""
    status = Status(found.status)
    return {
        "kind": found.kind,
        "tracking_code": found.tracking_code,
        "reference_number": found.reference_number,
        "status_name": status.value,
        "since": found.status_since,
        "closed": status in FINAL,
        "variant": _variant(found, now),
        "last_day": _last_day(found, now),
        "onward": onward(Kind(found.kind), status, found.tracking_code),
        "steps": _STEPS if status in _STEPS_DONE else (),
        "steps_done": _STEPS_DONE.get(status, 0),
    }


def _variant(found: Request, now: datetime) -> str:
    """Which of a status's sentences holds: its own ending, or none."""
    if _is_late(found, now):
        return ".late"
    held = found.status == Status.AWAITING_ACTIVATION and found.held_until is not None
    return ".held" if held else ""


def _is_late(found: Request, now: datetime) -> bool:
    due = found.review_due_at
    return found.status == Status.UNDER_REVIEW and due is not None and due <= now


def _last_day(found: Request, now: datetime) -> date | None:
    """The last day for what the request waits for; None where it waits for nothing dated."""
    deadlines = {
        Status.UNDER_REVIEW: None if _is_late(found, now) else found.review_due_at,
        Status.RETURNED: found.closes_at,
        Status.AWAITING_PAYMENT: found.closes_at,
        Status.AWAITING_ACTIVATION: found.closes_at,
    }
    deadline = deadlines.get(Status(found.status))
    # Deadlines are the first instant that is too late, as at the end of a day.
    return last_day(deadline) if deadline else None
