"""Computing a request afresh at its approval: officers decide on what they were shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.document_problems import document_problems
from models.documents.uses import note_uses
from models.door import PIPELINE, record, ring
from models.earlier_rounds import keep_round
from models.requests import Request
from rules.errors import Conflict
from rules.findings.problems import Problem
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


async def look_again(session: AsyncSession, request: Request, *, now: datetime) -> bool:
    """Compute the request afresh, in the transaction that approves it.

    What officers read in its documents comes first. Returns whether officers have to look at it
    again: then what it brings by now, why a person is needed, and the event are written for the
    caller to commit. Raises `NotApprovable`.
    """
    if problems := await document_problems(session, request, now=now):
        raise NotApprovable(request.tracking_code, problems)
    fresh = await kind_of(request).changed_since_review(
        session, request, policy=current_policy(), now=now
    )
    if fresh is None:
        return False
    if fresh.problems:
        raise NotApprovable(request.tracking_code, fresh.problems)
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
    return True
