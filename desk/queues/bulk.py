"""Clean cases approved several at a time, each of them shown and decided as a single one is."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.case import Person
from desk.cases.documents import documents_of_case
from desk.kinds.registry import kind_of
from desk.looks import Looker, note_look
from desk.officers import OwnRequest
from desk.policy import current_policy
from desk.requests.at_the_gate import (
    ClaimedByAnother,
    DecisionWaits,
    ReviewAlreadyDecided,
    at_the_gate,
    refuse_anothers,
)
from desk.requests.landing import Done, put_down_in
from desk.requests.review import Ruling
from desk.requests.second_look import ChangedSinceReview, NotApprovable
from desk.requests.ticked import in_a_line
from models.absences import not_at_the_desk
from models.access_log import Looked
from models.database import is_passing, patiently, snapshot, transaction
from models.officers import Officer, OfficerUnknown, find_officer
from models.queues import Narrowed, likely_clean
from models.requests import Request, RequestUnknown
from models.review_desk import has_passed_on, put_aside_of
from models.ticks import add_ticks
from models.waiting_decisions import waiting_decision_of
from rules.errors import Conflict, MumarisError
from rules.requests.bulk_approval import BulkFacts, NotClean, says_otherwise, why_not_clean
from rules.requests.proposed import Proposed
from rules.requests.queues import AtTheDesk, Queue
from rules.requests.statuses import Kind
from rules.requests.verdicts import Origin, Verdict
from rules.values.dates import riyadh_day

logger = logging.getLogger("mumaris.bulk")

#: For each line of the page so many are looked through, at most.
_LOOKED_THROUGH = 4


class NotCleanAnyMore(Conflict):
    """Something speaks against approving it together with others: look at it by itself."""

    def __init__(self, tracking_code: str, why: NotClean) -> None:
        super().__init__(f"request {tracking_code} is not approved with others: {why}")
        self.tracking_code = tracking_code
        self.why = why


class LineOutcome(StrEnum):
    """What became of one line."""

    #: It can be taken back for some seconds.
    PUT_DOWN = "put_down"
    APPROVED = "approved"
    #: The same officer has decided it, and can still take that back.
    ALREADY = "already"
    #: Another officer works on it, or has decided a moment ago.
    FASTER = "faster"
    #: It has left the gate: decided by whomever, or withdrawn.
    GONE = "gone"
    #: It brings something else than was shown.
    CHANGED = "changed"
    NOT_CLEAN = "not_clean"
    #: The rules forbid it by now.
    NOT_APPROVABLE = "not_approvable"
    OWN = "own"
    #: No request has this code.
    UNKNOWN = "unknown"
    REFUSED = "refused"
    #: By a fault of ours; nothing was decided.
    FAILED = "failed"


_OUTCOMES: Mapping[type[MumarisError], LineOutcome] = {
    ReviewAlreadyDecided: LineOutcome.GONE,
    ClaimedByAnother: LineOutcome.FASTER,
    DecisionWaits: LineOutcome.FASTER,
    ChangedSinceReview: LineOutcome.CHANGED,
    NotCleanAnyMore: LineOutcome.NOT_CLEAN,
    NotApprovable: LineOutcome.NOT_APPROVABLE,
    OwnRequest: LineOutcome.OWN,
    RequestUnknown: LineOutcome.UNKNOWN,
}


@dataclass(frozen=True, kw_only=True, repr=False)
class CleanCase:
    """A line of the page: personal data, as its `repr` shows."""

    tracking_code: str
    round: int
    due_at: datetime | None
    person: Person
    proposed: Proposed


@dataclass(frozen=True)
class Ticked:
    """A line that an officer ticked, in the round in which it was shown."""

    tracking_code: str
    round: int


@patiently
async def read_clean(
    officer: str, queue: Queue, narrowed: Narrowed, *, now: datetime
) -> tuple[CleanCase, ...]:
    """The queue's clean cases, most urgent first, as many as policy lets one press approve.

    Each of them is a look, with its line of the access log. Nothing is claimed. Raises
    `OfficerUnknown`.
    """
    most, today = current_policy().review.bulk_at_most, riyadh_day(now)
    by = Looker.officer(officer)
    shown: list[CleanCase] = []
    async with snapshot() as session:
        who = await find_officer(session, officer)
        for request in await likely_clean(
            session, queue, who, narrowed, now=now, today=today, limit=most * _LOOKED_THROUGH
        ):
            if len(shown) == most:
                break
            proposed = await kind_of(request).proposed(session, request, request.normalised)
            if await _against(session, request, who, proposed, now=now) is not None:
                continue
            await note_look(
                session,
                Looked.CASE,
                by=by,
                now=now,
                practitioner_id=request.practitioner_id,
                request_id=request.id,
            )
            shown.append(await _line(session, request, proposed))
    return tuple(shown)


async def approve_clean(
    officer: str, ticked: Sequence[Ticked], *, now: datetime
) -> tuple[tuple[str, LineOutcome], ...]:
    """Approve each, as its own page does, in a transaction of its own; what became of each.

    The tick of a line stands for those of all that the line shows. Documents are not in it: policy
    has said that those of this kind need not be looked at. The decisions wait for policy's seconds,
    in which they can be taken back. What is refused stops no other, and what was approved before a
    fault stays so: repeated, each is done once. Raises `OfficerUnknown`, and the database's error
    where it is away.
    """
    async with transaction() as session:
        name = (await find_officer(session, officer)).user_name
    return tuple(
        # The same line twice is one.
        [(one.tracking_code, await _approve(one, name, now=now)) for one in dict.fromkeys(ticked)]
    )


async def _approve(one: Ticked, officer: str, *, now: datetime) -> LineOutcome:
    try:
        done = await _put_down(one, officer, now=now)
    except OfficerUnknown:
        raise
    except MumarisError as refusal:
        if isinstance(refusal, DecisionWaits) and refusal.officer == officer:
            return LineOutcome.ALREADY
        return _OUTCOMES.get(type(refusal), LineOutcome.REFUSED)
    except Exception as fault:
        if is_passing(fault):
            raise
        logger.warning("an approval among several failed (%s)", type(fault).__name__)
        return LineOutcome.FAILED
    if done is None:
        return LineOutcome.CHANGED
    return LineOutcome.APPROVED if done.lands_at is None else LineOutcome.PUT_DOWN


async def _put_down(one: Ticked, officer: str, *, now: datetime) -> Done | None:
    ruling = Ruling(
        verdict=Verdict.APPROVE, officer=officer, origin=Origin.DESK_LIST, round=one.round
    )
    async with transaction() as session:
        request, who = await at_the_gate(session, one.tracking_code, officer, now=now)
        if one.round != request.round:
            raise ChangedSinceReview(one.tracking_code)
        refuse_anothers(request, who)
        proposed = await kind_of(request).proposed(session, request, request.normalised)
        if why := await _against(session, request, who, proposed, now=now):
            raise NotCleanAnyMore(one.tracking_code, why)
        await add_ticks(session, request, who.user_name, in_a_line(request), now=now)
        return await put_down_in(session, one.tracking_code, ruling, now=now)


async def _against(
    session: AsyncSession, request: Request, officer: Officer, proposed: Proposed, *, now: datetime
) -> NotClean | None:
    today = riyadh_day(now)
    applicant = await kind_of(request).applicant_of(session, request)
    documents = await documents_of_case(
        session, request, applicant.registration_number, is_validated=True
    )
    facts = BulkFacts(
        kind=Kind(request.kind),
        round=request.round,
        reasons=request.review_reasons,
        has_doubts=bool(proposed.doubts),
        is_official_record_other=says_otherwise(proposed.changes),
        has_document_remarks=any(document.has_remarks for document in documents),
        desk=await _at_the_desk(session, request, officer, now=now),
    )
    review = current_policy().review
    return why_not_clean(facts, officer.user_name, review, now=now, today=today)


async def _at_the_desk(
    session: AsyncSession, request: Request, officer: Officer, *, now: datetime
) -> AtTheDesk:
    name, today = officer.user_name, riyadh_day(now)
    aside = await put_aside_of(session, request)
    holder = request.claimed_by
    is_own = officer.practitioner_id is not None and (
        officer.practitioner_id == request.practitioner_id
    )
    gone = await not_at_the_desk(session, [holder] if holder else [], today)
    has_skipped = await has_passed_on(session, request, name, day=today)
    return AtTheDesk(
        due_at=request.review_due_at or now,
        claimed_by=holder,
        claim_until=request.claim_until,
        is_holder_active=not gone,
        held_until=aside.until if aside else None,
        approvals_needed=request.approvals_needed,
        skipped=frozenset({(name, today)} if has_skipped else ()),
        decision_waits=await waiting_decision_of(session, request.id) is not None,
        own_of=name if is_own else None,
    )


async def _line(session: AsyncSession, request: Request, proposed: Proposed) -> CleanCase:
    applicant = await kind_of(request).applicant_of(session, request)
    return CleanCase(
        tracking_code=request.tracking_code,
        round=request.round,
        due_at=request.review_due_at,
        person=Person(
            registration_number=applicant.registration_number,
            name_ar=applicant.name_ar,
            name_en=applicant.name_en,
        ),
        proposed=proposed,
    )
