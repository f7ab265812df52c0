"""The review gate as it may hang on a wall: what waits, why, until when, and who has it."""

from dataclasses import dataclass
from datetime import datetime

from models.cases import approvals_given
from models.database import snapshot
from models.queues import requests_at_the_gate
from models.requests import Request, find_request
from rules.findings.doubts import Doubt
from rules.requests.statuses import Kind


@dataclass(frozen=True, kw_only=True)
class Gate:
    """How a request stands at the gate: codes, counts and instants, nobody's data."""

    tracking_code: str
    kind: Kind
    round: int
    #: Why a person is needed: codes of `rules.requests.review.ReviewReason`, in its order.
    reasons: tuple[str, ...]
    #: The code and the field of each doubt; what stands against it is in the case alone.
    doubts: tuple[Doubt, ...]
    waiting_since: datetime
    due_at: datetime | None
    claimed_by: str | None
    #: When the claim ends by itself.
    claim_until: datetime | None
    #: How many officers have approved it in this round, and how many different ones it needs.
    approvals: int
    approvals_needed: int

    @property
    def approvals_missing(self) -> int:
        """How many more officers have to approve it."""
        return max(0, self.approvals_needed - self.approvals)

    def holder(self, now: datetime) -> str | None:
        """Who works on it; nobody whose claim has run out."""
        return self.claimed_by if self.claim_until is not None and now < self.claim_until else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return self.due_at is not None and self.due_at <= now


def gate_of(request: Request, *, approvals: int) -> Gate:
    """How this row stands at the gate, with so many approvals in its round."""
    doubts = map(Doubt.from_json, request.normalised.get("warnings", ()))
    return Gate(
        tracking_code=request.tracking_code,
        kind=request.kind,
        round=request.round,
        reasons=tuple(request.review_reasons),
        doubts=tuple(Doubt(doubt.code, doubt.field) for doubt in doubts),
        waiting_since=request.status_since,
        due_at=request.review_due_at,
        claimed_by=request.claimed_by,
        claim_until=request.claim_until,
        approvals=approvals,
        approvals_needed=request.approvals_needed,
    )


async def queue() -> tuple[Gate, ...]:
    """What waits at the gate, most urgent first."""
    async with snapshot() as session:
        waiting = await requests_at_the_gate(session)
        approvals = await approvals_given(session, waiting)
    return tuple(gate_of(request, approvals=approvals.get(request.id, 0)) for request in waiting)


async def read_gate(tracking_code: str) -> Gate:
    """How the request stands at the gate now; raises `RequestUnknown`."""
    async with snapshot() as session:
        request = await find_request(session, tracking_code)
        approvals = await approvals_given(session, [request])
    return gate_of(request, approvals=approvals.get(request.id, 0))
