"""Computing requests afresh at their approval: officers decide on what they were shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.at_the_gate import AtTheGate
from desk.requests.document_problems import document_problems
from models.documents.uses import note_uses
from models.door import PIPELINE, record, ring
from models.earlier_rounds import keep_round
from models.requests import Request
from rules.errors import Conflict
from rules.findings.problems import Problem
from rules.requests.checked import Checked
from rules.requests.events import EventName


class ChangedSinceReview(Conflict):
    """What the request would bring is not what the officers were shown; it is computed afresh.

    Nothing was decided, and earlier approvals of what was shown before do not count any more.
    """

    def __init__(self, tracking_code: str) -> None:
        super().__init__(
            f"request {tracking_code} would by now bring something else than you were shown: "
            "look at it again, then decide"
        )
        self.tracking_code = tracking_code


class NotApprovable(Conflict):
    """The rules do not let the request pass any more: return it or reject it."""

    def __init__(self, tracking_code: str, problems: Sequence[Problem]) -> None:
        why = "; ".join(f"{found.field}: {found.sentence.en}" for found in problems)
        super().__init__(f"request {tracking_code} cannot be approved any more: {why}")
        self.tracking_code = tracking_code
        self.problems = tuple(problems)


async def look_again(
    session: AsyncSession, approved: Sequence[AtTheGate], *, now: datetime
) -> dict[UUID, ChangedSinceReview | NotApprovable]:
    """Compute these requests afresh, in the transaction that approves them.

    What officers read in their documents comes first. Returns, by their ids, what stands against
    the approval of some. Where officers have to look at one again, what it brings by now, why a
    person is needed, and the event are written for the caller to commit.
    """
    policy = current_policy()
    requests = [one.request for one in approved]
    read = await document_problems(session, requests, policy=policy, now=now)
    found: dict[UUID, ChangedSinceReview | NotApprovable] = {}
    # Locks are taken for what one person alone can have: in one order for everybody.
    for one in sorted(approved, key=lambda one: _wanted(one.request)):
        request = one.request
        if problems := read.get(request.id):
            found[request.id] = NotApprovable(request.tracking_code, problems)
            continue
        fresh = await kind_of(request).changed_since_review(
            session, request, policy=policy, now=now
        )
        if fresh is None:
            continue
        if fresh.problems:
            found[request.id] = NotApprovable(request.tracking_code, fresh.problems)
            continue
        one.end_old_claim(session, now=now)
        await _show_anew(session, request, fresh, now=now)
        found[request.id] = ChangedSinceReview(request.tracking_code)
    return found


def _wanted(request: Request) -> str:
    return kind_of(request).wants_alone(request) or ""


async def _show_anew(
    session: AsyncSession, request: Request, fresh: Checked, *, now: datetime
) -> None:
    keep_round(session, request, now=now)
    request.normalised = dict(fresh.normalised)
    request.review_reasons = list(fresh.review.reasons)
    request.approvals_needed = max(request.approvals_needed, fresh.review.approvals)
    request.end_claim()
    # A new round: who approved what was shown before has not approved this.
    request.round += 1
    await note_uses(session, request, fresh.uploads, now=now)
    record(session, request, EventName.PLAN_CHANGED, by=PIPELINE, now=now)
    await ring(session)
