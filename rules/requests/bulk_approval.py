"""Which cases may be approved several at a time: those that leave nothing to look at twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from rules.policy.policy import ReviewPolicy
from rules.requests.proposed import Change
from rules.requests.queues import AtTheDesk, DeskPlace, is_claimed, place_of
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind

#: What alone asks for an officer in a case like many others; any other reason wants a look.
_ORDINARY = frozenset(
    {
        ReviewReason.CONTACT_CHANGED,
        ReviewReason.NAMES_CHANGED,
        ReviewReason.IDENTITY_CHANGED,
        ReviewReason.EMPLOYER_CHANGED,
        ReviewReason.SPECIALTY_OR_RANK_CHANGED,
        ReviewReason.CERTIFICATES_ADDED,
        ReviewReason.EXPERIENCE_ADDED,
        ReviewReason.POLICY_ASKS_FOR_OFFICER,
    }
)


class NotClean(StrEnum):
    """Why a case is not approved together with others."""

    #: Policy has its kind looked at one by one.
    KIND = "kind"
    OWN = "own"
    #: Another officer works on it, or has decided.
    ANOTHERS = "anothers"
    #: It is put aside.
    HELD = "held"
    #: This officer has passed it on today.
    PASSED_ON = "passed_on"
    SEVERAL_OFFICERS = "several_officers"
    #: It was corrected, or computed afresh.
    LATER_ROUND = "later_round"
    #: The checks raised a doubt, or a reason that is not an ordinary one.
    DOUBT = "doubt"
    #: The official record says otherwise.
    OFFICIAL_RECORD = "official_record"
    #: Something is to be said of a document.
    DOCUMENT = "document"


@dataclass(frozen=True, kw_only=True)
class BulkFacts:
    """What is known of a case under review that decides whether it is clean."""

    kind: Kind
    round: int
    reasons: Collection[str]
    has_doubts: bool
    #: Whether the official record holds another value of something that changes.
    is_official_record_other: bool
    #: Whether a document was noted, sent by somebody else too, or read otherwise than stated.
    has_document_remarks: bool
    desk: AtTheDesk


def allows_bulk(kind: str, policy: ReviewPolicy) -> bool:
    """Whether policy lets cases of this kind be approved together; of an unknown one never."""
    return kind in set(Kind) and bool(getattr(policy.bulk_approval, kind))


def says_otherwise(changes: Collection[Change]) -> bool:
    """Whether the official record holds another value of something that changes."""
    return any(each.official is not None and each.official != each.new for each in changes)


def why_not_clean(
    facts: BulkFacts, officer: str, policy: ReviewPolicy, *, now: datetime, today: date
) -> NotClean | None:
    """What stands against approving it together with others, for this officer on this day (Riyadh).

    None for a clean one. Whether it can be approved at all is the decision's own question.
    """
    desk = facts.desk
    is_anothers = is_claimed(desk, now) and desk.claimed_by != officer
    against = {
        NotClean.KIND: not allows_bulk(facts.kind, policy),
        NotClean.OWN: desk.own_of == officer,
        NotClean.ANOTHERS: is_anothers or desk.decision_waits,
        NotClean.HELD: place_of(desk, now) is DeskPlace.HELD,
        NotClean.PASSED_ON: (officer, today) in desk.skipped,
        NotClean.SEVERAL_OFFICERS: desk.approvals_needed > 1,
        NotClean.LATER_ROUND: facts.round > 1,
        NotClean.DOUBT: facts.has_doubts or not _ORDINARY.issuperset(facts.reasons),
        NotClean.OFFICIAL_RECORD: facts.is_official_record_other,
        NotClean.DOCUMENT: facts.has_document_remarks,
    }
    return next((why for why, is_so in against.items() if is_so), None)
