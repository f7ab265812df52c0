"""Open requests judged by two policies, with the code that the pipeline judges them with."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.reading import SubmissionRefused
from desk.kinds.registry import kind_of, prepare
from desk.requests.document_problems import document_problems
from desk.requests.review_clock import escalated_if_due_by
from models.connections import LONG
from models.database import looking
from models.open_requests import open_after
from models.requests import Request
from rules.findings.doubts import Doubt
from rules.findings.problems import Problem
from rules.policy.policy import Policy
from rules.policy.terms import Tally, Terms
from rules.requests.statuses import Kind, Status
from rules.requests.transitions import BEFORE_APPROVAL
from rules.values.dates import riyadh_day

#: Judged in one transaction.
_CHUNK = 100


@dataclass(kw_only=True)
class ComparedRequests:
    """What two policies say of the open requests."""

    by_kind: dict[Kind, Tally] = field(default_factory=lambda: {kind: Tally() for kind in Kind})
    #: Those on whose rows a day stands: it was set by the policy of its time, and stays.
    with_fixed_day: int = 0
    #: Those that were approved: what they were approved for stays.
    approved: int = 0


@dataclass(frozen=True, kw_only=True)
class _Judge:
    """One of the two policies, over one chunk."""

    policy: Policy
    now: datetime
    read: dict[UUID, tuple[Problem, ...]]

    async def terms(self, session: AsyncSession, request: Request) -> Terms:
        """What comes of the request by this policy."""
        try:
            if request.status == Status.UNDER_REVIEW:
                return await self._at_the_gate(session, request)
            return await self._when_checked(session, request)
        except SubmissionRefused as refused:
            return _sent_back(refused.problems)

    async def _when_checked(self, session: AsyncSession, request: Request) -> Terms:
        """As its validation judges it; one that is returned, as if it were sent again today."""
        kind, is_returned = kind_of(request), request.status == Status.RETURNED
        today = riyadh_day(self.now if is_returned else request.submitted_at)
        checked = await kind.check(
            session,
            kind.submitted(request),
            await kind.applicant_of(session, request),
            today=today,
            policy=self.policy,
            request=request,
            now=self.now,
        )
        if checked.problems:
            return _sent_back(checked.problems)
        return {
            **_review(checked.review.approvals, checked.review.reasons),
            **_doubts(checked.normalised["warnings"]),
            **await kind.terms(
                session, request, checked.normalised, today=today, policy=self.policy
            ),
        }

    async def _at_the_gate(self, session: AsyncSession, request: Request) -> Terms:
        """As its approval looks at it once more: what officers were shown stands until then.

        So do the approvals that it needs. Documents are asked for no more, but those that it has
        must be good.
        """
        kind, policy = kind_of(request), self.policy
        found = self.read.get(request.id, ())
        fresh = await kind.changed_since_review(session, request, policy=policy, now=self.now)
        problems = (*found, *(fresh.problems if fresh else ()))
        late = _escalated(request, policy, self.now)
        if problems:
            return {"outcome": "cannot be approved", **_problems(problems), **late}
        shown = request.normalised if fresh is None else fresh.normalised
        approvals, reasons = request.approvals_needed, request.review_reasons
        if fresh is not None:
            approvals = max(approvals, fresh.review.approvals)
            reasons = list(fresh.review.reasons)
        asked = await kind.terms(
            session, request, shown, today=riyadh_day(request.submitted_at), policy=policy
        )
        return {
            **{rule: said for rule, said in asked.items() if not rule.startswith("document:")},
            **_review(approvals, reasons),
            **late,
            "outcome": "stands as shown" if fresh is None else "shown anew",
        }


async def compare_requests(
    in_force: Policy,
    proposed: Policy,
    *,
    now: datetime,
    examples: int,
    step: Callable[[int], None],
) -> ComparedRequests:
    """Judge every open request by both, chunk by chunk; ``step`` hears how many are done.

    The official register is not asked. Writes nothing and holds nobody up.
    """
    compared = ComparedRequests()
    after, last = UUID(int=0), False
    while not last:
        async with looking(LONG) as session:
            requests = await open_after(session, after, limit=_CHUNK)
            await _compare(session, requests, (in_force, proposed), compared, now, examples)
        step(len(requests))
        last = len(requests) < _CHUNK
        after = requests[-1].id if requests else after
    return compared


async def _compare(
    session: AsyncSession,
    requests: Sequence[Request],
    policies: tuple[Policy, Policy],
    compared: ComparedRequests,
    now: datetime,
    examples: int,
) -> None:
    compared.with_fixed_day += sum(_has_day(each) for each in requests)
    undecided = [each for each in requests if each.status in BEFORE_APPROVAL]
    compared.approved += len(requests) - len(undecided)
    await prepare(session, undecided)
    shown = [each for each in undecided if each.status == Status.UNDER_REVIEW]
    in_force, proposed = [
        _Judge(
            policy=policy,
            now=now,
            read=await document_problems(session, shown, policy=policy, now=now),
        )
        for policy in policies
    ]
    for request in undecided:
        compared.by_kind[Kind(request.kind)].add(
            await in_force.terms(session, request),
            await proposed.terms(session, request),
            name=request.tracking_code,
            examples=examples,
        )


def _has_day(request: Request) -> bool:
    return request.closes_at is not None or request.review_due_at is not None


def _escalated(request: Request, policy: Policy, now: datetime) -> Terms:
    due_at = request.review_due_at
    is_late = due_at is not None and due_at <= escalated_if_due_by(now, policy)
    return {"escalated": "yes"} if is_late or request.escalated_at is not None else {}


def _sent_back(problems: Collection[Problem]) -> Terms:
    return {"outcome": "returned", **_problems(problems)}


def _problems(problems: Collection[Problem]) -> Terms:
    return {f"problem:{each.code}": "found" for each in problems}


def _review(approvals: int, reasons: Collection[str]) -> Terms:
    return {
        "outcome": "officers decide" if approvals else "no officer needed",
        "approvals": str(approvals),
        **{f"reason:{reason}": "given" for reason in reasons},
    }


def _doubts(stored: Collection[str]) -> Terms:
    return {f"doubt:{Doubt.from_json(each).code}": "raised" for each in stored}
