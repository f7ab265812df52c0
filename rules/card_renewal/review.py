"""Why a person is needed at the gate of a renewal, and which renewals need nobody."""

from collections.abc import Collection

from rules.card_renewal.plan import RenewalPlan
from rules.findings.doubts import Doubt
from rules.policy.policy import Policy
from rules.requests.review import ReviewNeed, ReviewReason
from rules.values.document_kind import DocumentKind


def renewal_review(plan: RenewalPlan, warnings: Collection[Doubt], policy: Policy) -> ReviewNeed:
    """Who must decide on this renewal, by policy (DESIGN.md, decision 6).

    The gate opens at once for a clean renewal where policy lets it pass. Else every reason is
    given, policy's own among them.
    """
    renewal = policy.renewal
    asked = _doubts(plan, warnings, policy)
    if not renewal.clean_passes_without_officer:
        asked |= {ReviewReason.POLICY_ASKS_FOR_OFFICER}
    reasons = tuple(reason for reason in ReviewReason if reason in asked)
    approvals = renewal.approvals if reasons else 0
    if warnings:
        approvals = max(approvals, policy.review.approvals_on_warnings)
    return ReviewNeed(approvals, reasons)


def is_clean(plan: RenewalPlan, warnings: Collection[Doubt], policy: Policy) -> bool:
    """Whether nothing about the renewal is for a person to judge.

    It is submitted before expiry, for policy's full years, with its hours complete, without a
    medical report that somebody has to read, and without a warning.
    """
    return not _doubts(plan, warnings, policy)


def _doubts(
    plan: RenewalPlan, warnings: Collection[Doubt], policy: Policy
) -> frozenset[ReviewReason]:
    kinds = {document.kind for document in plan.documents}
    doubts = {
        ReviewReason.RENEWAL_LATE: plan.late,
        ReviewReason.HOURS_SHORT: plan.hours_short,
        ReviewReason.PERIOD_REDUCED: plan.years < policy.renewal.years,
        ReviewReason.MEDICAL_REPORT_TO_READ: DocumentKind.MEDICAL_REPORT in kinds,
        ReviewReason.WARNINGS_RAISED: bool(warnings),
    }
    return frozenset(reason for reason, raised in doubts.items() if raised)
