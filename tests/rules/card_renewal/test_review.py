"""Which renewals need a person, and why."""

from dataclasses import replace
from datetime import date

import pytest

from rules.card_renewal.plan import RenewalPlan
from rules.card_renewal.review import is_clean, renewal_review
from rules.findings.doubts import Doubt
from rules.policy.policy import Policy
from rules.requests.review import ReviewNeed, ReviewReason
from rules.values.document_kind import DocumentKind
from support.card_judge import LETTER, CardJudge

WARNING = (Doubt("employer_letter_of_another", "documents[0].issuer"),)


@pytest.fixture
def plan(policy: Policy) -> RenewalPlan:
    """The plan of a good renewal."""
    return CardJudge(policy).says().plan


@pytest.fixture
def trusting(policy: Policy) -> Policy:
    """A policy that lets clean renewals pass."""
    return replace(policy, renewal=replace(policy.renewal, clean_passes_without_officer=True))


def test_a_clean_renewal_needs_an_officer_unless_policy_lets_it_pass(
    plan: RenewalPlan, policy: Policy, trusting: Policy
) -> None:
    """The shipped policy asks for one, and says that it is policy that asks."""
    assert is_clean(plan, (), policy)
    assert renewal_review(plan, (), policy) == ReviewNeed(
        1, (ReviewReason.POLICY_ASKS_FOR_OFFICER,)
    )
    assert renewal_review(plan, (), trusting) == ReviewNeed(0, ())


@pytest.mark.parametrize(
    ("members", "reasons"),
    [
        ({"late": True}, ["renewal_late"]),
        ({"hours_short": True}, ["hours_short"]),
        ({"years": 1}, ["period_reduced"]),
        ({"late": True, "hours_short": True}, ["renewal_late", "hours_short"]),
    ],
    ids=str,
)
def test_what_is_not_clean_needs_an_officer_whatever_policy_lets_pass(
    plan: RenewalPlan, trusting: Policy, members: dict[str, object], reasons: list[str]
) -> None:
    """Each reason is given."""
    unclean = replace(plan, **members)  # type: ignore[arg-type]  # members of the plan

    assert not is_clean(unclean, (), trusting)
    assert renewal_review(unclean, (), trusting) == ReviewNeed(1, tuple(map(ReviewReason, reasons)))


def test_a_medical_report_is_for_a_person_to_read(trusting: Policy) -> None:
    """No rule can."""
    judge = CardJudge(trusting).with_card(birth_date=date(1950, 1, 1))
    report = judge.document(DocumentKind.MEDICAL_REPORT, issuer="مستشفى النخيل")

    reasons = judge.says(documents=(LETTER, report)).review.reasons

    assert reasons == (ReviewReason.PERIOD_REDUCED, ReviewReason.MEDICAL_REPORT_TO_READ)


def test_a_warning_is_for_a_person_to_look_at(plan: RenewalPlan, trusting: Policy) -> None:
    """By as many officers as policy asks for doubts."""
    strict = replace(trusting, review=replace(trusting.review, approvals_on_warnings=2))

    assert not is_clean(plan, WARNING, trusting)
    assert renewal_review(plan, WARNING, strict) == ReviewNeed(2, (ReviewReason.WARNINGS_RAISED,))


def test_an_unknown_fee_is_no_doubt(plan: RenewalPlan, policy: Policy) -> None:
    """The officer at the gate does not set it."""
    assert is_clean(replace(plan, fee=None), (), policy)


def test_policys_own_reason_stands_beside_the_others(plan: RenewalPlan, policy: Policy) -> None:
    """In the order of the reasons, by as many officers as policy asks for."""
    strict = replace(policy, renewal=replace(policy.renewal, approvals=2))

    assert renewal_review(replace(plan, late=True), (), strict) == ReviewNeed(
        2, (ReviewReason.RENEWAL_LATE, ReviewReason.POLICY_ASKS_FOR_OFFICER)
    )
