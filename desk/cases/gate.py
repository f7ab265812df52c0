"""The review gate as it may hang on a wall: what waits, why, until when, and who has it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import not_at_the_desk
from models.cases import approvals_given
from models.database import snapshot
from models.queues import requests_at_the_gate
from models.requests import Request, find_request
from rules.findings.doubts import Doubt
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day


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
    #: Whether whoever claimed it has left, or is away: then the claim keeps nobody away.
    is_holder_gone: bool
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
        """Who works on it; nobody whose claim has run out, who has left, or who is away."""
        lasts = self.claim_until is not None and now < self.claim_until
        return self.claimed_by if lasts and not self.is_holder_gone else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether it should have been decided by now."""
        return self.due_at is not None and self.due_at <= now


def gate_of(request: Request, *, approvals: int, gone: Collection[str] = ()) -> Gate:
    """How this row stands at the gate, with so many approvals in its round.

    ``gone`` are officers who have left or are away, as `holders_gone` finds them.
    """
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
        is_holder_gone=request.claimed_by in gone,
        claim_until=request.claim_until,
        approvals=approvals,
        approvals_needed=request.approvals_needed,
    )


async def holders_gone(
    session: AsyncSession, requests: Iterable[Request], *, now: datetime
) -> frozenset[str]:
    """Who has claimed one of these requests, and has left or is away."""
    holders = {request.claimed_by for request in requests if request.claimed_by is not None}
    return await not_at_the_desk(session, holders, riyadh_day(now))


async def queue(*, now: datetime) -> tuple[Gate, ...]:
    """What waits at the gate, most urgent first."""
    async with snapshot() as session:
        return await gates_of(session, await requests_at_the_gate(session), now=now)


async def gates_of(
    session: AsyncSession, requests: Sequence[Request], *, now: datetime
) -> tuple[Gate, ...]:
    """How these rows stand at the gate."""
    approvals = await approvals_given(session, requests)
    gone = await holders_gone(session, requests, now=now)
    return tuple(
        gate_of(request, approvals=approvals.get(request.id, 0), gone=gone) for request in requests
    )


async def read_gate(tracking_code: str, *, now: datetime) -> Gate:
    """How the request stands at the gate now; raises `RequestUnknown`."""
    async with snapshot() as session:
        [gate] = await gates_of(session, [await find_request(session, tracking_code)], now=now)
    return gate
