"""Looking cases through: which of them may be approved together with others, and which not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.documents import documents_of_case
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from models.absences import not_at_the_desk
from models.documents.uses import naming_uploads
from models.officers import Officer
from models.practitioners import practitioners_of
from models.requests import Request
from models.review_desk import PutAside, passed_on_among, put_aside_of_many
from models.waiting_decisions import waiting_decisions_of
from rules.requests.bulk_approval import BulkFacts, NotClean, says_otherwise, why_not_clean
from rules.requests.proposed import Proposed
from rules.requests.queues import AtTheDesk
from rules.requests.statuses import Kind
from rules.values.dates import riyadh_day


@dataclass(frozen=True, kw_only=True, repr=False)
class LookedThrough:
    """A case under review, as the rule of clean cases sees it; personal data."""

    proposed: Proposed
    #: What stands against approving it together with others; None for a clean one.
    against: NotClean | None


async def look_through(
    session: AsyncSession, requests: Sequence[Request], officer: Officer, *, now: datetime
) -> dict[UUID, LookedThrough]:
    """Each of these requests under review, by its id, for this officer.

    In as many statements as for one, but for those that name files: theirs are looked at one by
    one. Nothing is noted or locked.
    """
    # Whoever is asked for below, one by one, is read by one statement; held, or it would be gone.
    people = await practitioners_of(session, [request.practitioner_id for request in requests])
    desk = await _desk(session, requests, officer, now=now)
    with_files = await naming_uploads(session, requests)
    review, today = current_policy().review, riyadh_day(now)
    found: dict[UUID, LookedThrough] = {}
    for request in requests:
        proposed = await kind_of(request).proposed(session, request, request.normalised)
        facts = BulkFacts(
            kind=Kind(request.kind),
            round=request.round,
            reasons=request.review_reasons,
            has_doubts=bool(proposed.doubts),
            is_official_record_other=says_otherwise(proposed.changes),
            has_document_remarks=(
                request.id in with_files and await _has_remarks(session, request)
            ),
            desk=desk.of(request, officer, now=now),
        )
        against = why_not_clean(facts, officer.user_name, review, now=now, today=today)
        found[request.id] = LookedThrough(proposed=proposed, against=against)
    del people
    return found


async def _has_remarks(session: AsyncSession, request: Request) -> bool:
    applicant = await kind_of(request).applicant_of(session, request)
    documents = await documents_of_case(
        session, request, applicant.registration_number, is_validated=True
    )
    return any(document.has_remarks for document in documents)


@dataclass(frozen=True)
class _Desk:
    """What the desk knows of a set of requests."""

    aside: dict[UUID, PutAside]
    passed_on: Collection[UUID]
    waiting: Collection[UUID]
    gone: Collection[str]

    def of(self, request: Request, officer: Officer, *, now: datetime) -> AtTheDesk:
        """One of them."""
        name, aside = officer.user_name, self.aside.get(request.id)
        skipped = {(name, riyadh_day(now))} if request.id in self.passed_on else ()
        is_own = officer.practitioner_id is not None and (
            officer.practitioner_id == request.practitioner_id
        )
        return AtTheDesk(
            due_at=request.review_due_at or now,
            claimed_by=request.claimed_by,
            claim_until=request.claim_until,
            is_holder_active=request.claimed_by not in self.gone,
            held_until=aside.until if aside else None,
            approvals_needed=request.approvals_needed,
            skipped=frozenset(skipped),
            decision_waits=request.id in self.waiting,
            own_of=name if is_own else None,
        )


async def _desk(
    session: AsyncSession, requests: Sequence[Request], officer: Officer, *, now: datetime
) -> _Desk:
    today, ids = riyadh_day(now), [request.id for request in requests]
    holders = {request.claimed_by for request in requests if request.claimed_by}
    return _Desk(
        aside=await put_aside_of_many(session, requests),
        passed_on=await passed_on_among(session, requests, officer.user_name, day=today),
        waiting=(await waiting_decisions_of(session, ids)).keys(),
        gone=await not_at_the_desk(session, holders, today),
    )
