"""A request's rounds: each is what officers were shown once, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from models.requests import Decision, RequestEvent
from rules.requests.events import EventName
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict

#: A round goes on in these.
_GOES_ON = frozenset({Status.SUBMITTED, Status.UNDER_REVIEW})
#: With one of these events the rules have let the round pass.
_VALIDATED = frozenset({EventName.UNDER_REVIEW, EventName.APPROVED, EventName.PLAN_CHANGED})


@dataclass(frozen=True, kw_only=True, repr=False)
class OfficersDecision:
    """What one officer decided in a round. The note is for people, and may name some."""

    officer: str
    verdict: Verdict
    reason_code: str | None
    note: str | None
    origin: Origin
    decided_at: datetime


@dataclass(frozen=True, kw_only=True, repr=False)
class Round:
    """One round, from what began it to what ended it."""

    number: int
    #: ``submitted``, also for a correction; ``plan_changed`` where it was worked out again.
    begun_by: EventName
    begun_at: datetime
    #: Whether the rules have let it pass: until then nobody knows what it would bring.
    is_validated: bool
    decisions: tuple[OfficersDecision, ...]
    #: The status that ended it; None while it goes on, and where another round has replaced it.
    outcome: Status | None
    ended_at: datetime | None
    #: Why, where the outcome has a reason: an officer's code, or ``not_valid`` of the checks.
    reason_code: str | None


def rounds_of(events: Sequence[RequestEvent], decisions: Sequence[Decision]) -> tuple[Round, ...]:
    """The rounds of one request's history, in their order; both come oldest first."""
    return tuple(
        _round(number, list(its_events), [one for one in decisions if one.round == number])
        for number, its_events in groupby(events, key=lambda event: event.round)
    )


def _round(number: int, events: Sequence[RequestEvent], decisions: Sequence[Decision]) -> Round:
    ends = (event for event in events if event.to_status and event.to_status not in _GOES_ON)
    end = next(ends, None)
    return Round(
        number=number,
        begun_by=events[0].what,
        begun_at=events[0].at,
        is_validated=any(event.what in _VALIDATED for event in events),
        decisions=tuple(map(_decision, decisions)),
        outcome=end.to_status if end else None,
        ended_at=end.at if end else None,
        reason_code=end.reason_code if end else None,
    )


def _decision(row: Decision) -> OfficersDecision:
    return OfficersDecision(
        officer=row.officer,
        verdict=row.verdict,
        reason_code=row.reason_code,
        note=row.note,
        origin=row.origin,
        decided_at=row.decided_at,
    )
