"""The review gate's record: what officers decide."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import deadline_in_days
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from desk.requests.at_the_gate import at_the_gate, refuse_anothers
from desk.requests.queueing import queue_rejected, queue_returned
from desk.requests.second_look import ChangedSinceReview, look_again
from desk.requests.ticked import refuse_unticked
from models.database import transaction
from models.door import Actor, change_status, record, ring
from models.requests import Decision, Request, decisions_of_round
from models.review_desk import end_put_aside
from rules.errors import NotAllowed, Refused
from rules.findings.problems import Problem
from rules.register.fields import Field
from rules.requests.correctable import Correctable
from rules.requests.events import EventName
from rules.requests.review import REASONS, WANT_A_NOTE, RejectionReason, ReturnReason
from rules.requests.statuses import ActorKind, Status
from rules.requests.verdicts import Origin, Verdict
from rules.values.text import clean_note

#: What ``reason_code`` may be, by verdict.
NOTE_LENGTH = 1000


class AlreadyApprovedByOfficer(NotAllowed):
    """Four eyes: this officer has approved already, and another one is needed."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(
            f"request {tracking_code} needs a second officer: this one has already approved it"
        )


class DecidedAtTheDesk(NotAllowed):
    """Prefect's form does not decide this: it knows no signed-in officer."""

    def __init__(self, tracking_code: str) -> None:
        super().__init__(f"request {tracking_code} is decided at the review desk only")


class ReasonMissing(Refused):
    """A return names fields and a reason, a rejection a reason; says which ones there are."""

    def __init__(
        self, verdict: Verdict, *, reasons: Iterable[str] = (), fields: Iterable[str] = ()
    ) -> None:
        self.reasons, self.fields = tuple(reasons), tuple(sorted(fields))
        said = "name the fields to correct"
        if self.reasons:
            said = f"give one of these reasons: {', '.join(self.reasons)}"
        elif self.fields:
            said = f"name fields that it touches: {', '.join(self.fields)}"
        super().__init__(f"to {verdict} a request, {said}")


class NoteMissing(Refused):
    """This reason sends the applicant to the officer's note: write one."""


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """One officer's decision, as it is handed in."""

    verdict: Verdict
    officer: str
    reason_code: str | None = None
    note: str | None = None
    #: The fields to correct, for a return.
    fields: Sequence[Field | Correctable] = ()
    origin: Origin = Origin.PYTHON
    #: The round that the officer was shown; None where it was looked at just now.
    round: int | None = None


async def decide(tracking_code: str, ruling: Ruling, *, now: datetime) -> Status:
    """Record the officer's decision and, where it settles the gate, move the request.

    Returns the status afterwards: still `UNDER_REVIEW` where four eyes are asked for and this was
    the first pair. Repeated, it raises `ReviewAlreadyDecided` or `AlreadyApprovedByOfficer`; of
    concurrent decisions each is recorded once and the first that settles the gate wins. An approval
    of what has changed since it was shown is not recorded: `ChangedSinceReview`, or `NotApprovable`
    where rules forbid it by now. Of Prefect's form it takes nothing where policy switched the form
    off, and nothing about a request that needs four eyes: `DecidedAtTheDesk`. Of the desk's page it
    takes no approval before its officer has ticked all (of several in one press, all but
    documents): `NotAllTicked`. Raises `RequestUnknown`, `OfficerUnknown`, `OwnRequest`,
    `ClaimedByAnother`, `ReasonMissing`, `NoteMissing`.
    """
    async with transaction() as session:
        status = await decide_in(session, tracking_code, ruling, now=now)
    if status is None:
        # What was computed afresh is kept: the refusal comes after its transaction.
        raise ChangedSinceReview(tracking_code)
    return status


async def decide_in(
    session: AsyncSession, tracking_code: str, ruling: Ruling, *, now: datetime
) -> Status | None:
    """The same in the caller's transaction; None where officers have to look at it again.

    Then what was computed afresh is the caller's to commit.
    """
    reason = _checked_reason(ruling)
    note = clean_note(ruling.note, max_length=NOTE_LENGTH)
    if reason in WANT_A_NOTE and note is None:
        raise NoteMissing
    request, officer = await at_the_gate(session, tracking_code, ruling.officer, now=now)
    if ruling.origin is Origin.PREFECT_FORM and not form_decides(request):
        raise DecidedAtTheDesk(tracking_code)
    if ruling.round not in {None, request.round}:
        raise ChangedSinceReview(tracking_code)
    refuse_anothers(request, officer)
    earlier = await decisions_of_round(session, request)
    if any(decision.officer == officer.user_name for decision in earlier):
        raise AlreadyApprovedByOfficer(tracking_code)
    _check_fields(request, ruling)
    if ruling.verdict is Verdict.APPROVE:
        if await look_again(session, request, now=now):
            return None
        if ruling.origin in {Origin.DESK_PAGE, Origin.DESK_LIST}:
            is_by_itself = ruling.origin is Origin.DESK_PAGE
            await refuse_unticked(session, request, officer, documents=is_by_itself)
    decision = Decision(
        request_id=request.id,
        round=request.round,
        officer=officer.user_name,
        verdict=ruling.verdict,
        reason_code=reason,
        note=note,
        origin=ruling.origin,
        decided_at=now,
    )
    # Whoever typed a name into Prefect's form is never one of several officers.
    eyes = sum(one.origin is not Origin.PREFECT_FORM for one in earlier)
    return await _record(session, request, decision, ruling, eyes, now=now)


def form_decides(request: Request) -> bool:
    """Whether a decision from Prefect's form counts: policy lets it, and one officer is enough."""
    return current_policy().review.prefect_form_decides and request.approvals_needed <= 1


async def _record(
    session: AsyncSession,
    request: Request,
    decision: Decision,
    ruling: Ruling,
    earlier: int,
    *,
    now: datetime,
) -> Status:
    session.add(decision)
    await end_put_aside(session, request, now=now)
    by = Actor(ActorKind.OFFICER, decision.officer)
    if ruling.verdict is Verdict.APPROVE and 1 + earlier < request.approvals_needed:
        request.end_claim()
        record(session, request, EventName.APPROVED_BY_ONE, by=by, now=now)
        await ring(session)
        return Status.UNDER_REVIEW
    return await _settle(session, request, decision, ruling.fields, by=by, now=now)


def _checked_reason(ruling: Ruling) -> str | None:
    reasons = REASONS[ruling.verdict]
    if not reasons:
        return None
    if ruling.reason_code not in {reason.value for reason in reasons}:
        raise ReasonMissing(ruling.verdict, reasons=reasons)
    if ruling.verdict is Verdict.RETURN and not ruling.fields:
        raise ReasonMissing(ruling.verdict)
    return ruling.reason_code


def _check_fields(request: Request, ruling: Ruling) -> None:
    correctable = kind_of(request).correctable(request)
    if not correctable.issuperset(ruling.fields):
        raise ReasonMissing(Verdict.RETURN, fields=correctable)


async def _settle(
    session: AsyncSession,
    request: Request,
    decision: Decision,
    fields: Sequence[Field | Correctable],
    *,
    by: Actor,
    now: datetime,
) -> Status:
    to = {
        Verdict.APPROVE: Status.APPROVED,
        Verdict.RETURN: Status.RETURNED,
        Verdict.REJECT: Status.REJECTED,
    }[Verdict(decision.verdict)]
    request.end_claim()
    applicant = await kind_of(request).applicant_of(session, request)
    if to is Status.RETURNED:
        reason = ReturnReason(str(decision.reason_code))
        request.corrections = [
            Problem(reason.value, field, reason.sentence).to_json() for field in fields
        ]
        request.closes_at = deadline_in_days(
            now, current_policy().corrections.due_days, current_policy().working_days
        )
        await queue_returned(session, request, applicant, note=decision.note, now=now)
    elif to is Status.REJECTED:
        rejection = RejectionReason(str(decision.reason_code))
        await queue_rejected(session, request, applicant, rejection, note=decision.note, now=now)
    await change_status(session, request, to, by=by, now=now, reason_code=decision.reason_code)
    return to
