"""Who must decide, and what they may answer."""

from dataclasses import replace

import pytest

from rules.findings.doubts import IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED, Doubt
from rules.policy.policy import Policy
from rules.register.fields import Field
from rules.requests.review import (
    RejectionReason,
    ReturnReason,
    ReviewNeed,
    ReviewReason,
    SaidReason,
    review_needed,
)

REASONS: list[SaidReason] = [*ReviewReason, *RejectionReason, *ReturnReason]


def need(policy: Policy, *changed: Field, doubts: tuple[Doubt, ...] = ()) -> ReviewNeed:
    """What the gate needs for these changes and no additions."""
    return review_needed(
        changed, has_certificates=False, has_experience=False, doubts=doubts, policy=policy
    )


@pytest.mark.parametrize("field", [Field.MOBILE, Field.EMAIL, Field.ADDRESS])
def test_contact_details_need_nobody(policy: Policy, field: Field) -> None:
    """The applicant's own confirmation is enough."""
    assert need(policy, field) == ReviewNeed(0, ())


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (Field.FIRST_NAME_AR, "names_changed"),
        (Field.NATIONALITY, "identity_changed"),
        (Field.BIRTH_DATE, "identity_changed"),
        (Field.SPECIALTY, "specialty_or_rank_changed"),
        (Field.EMPLOYER, "employer_changed"),
    ],
)
def test_what_documents_prove_needs_one_officer(policy: Policy, field: Field, reason: str) -> None:
    """And the reason says which."""
    assert need(policy, field) == ReviewNeed(1, (ReviewReason(reason),))


def test_the_identity_number_needs_two_officers(policy: Policy) -> None:
    """The strictest change counts, every change gives its reason."""
    assert need(policy, Field.EMAIL, Field.RANK, Field.IDENTITY_NUMBER) == ReviewNeed(
        2, (ReviewReason.IDENTITY_NUMBER_CHANGED, ReviewReason.SPECIALTY_OR_RANK_CHANGED)
    )


def test_certificates_and_experience_need_an_officer(policy: Policy) -> None:
    """Hours count only when somebody looked."""
    assert review_needed(
        [], has_certificates=True, has_experience=True, doubts=(), policy=policy
    ) == ReviewNeed(1, (ReviewReason.CERTIFICATES_ADDED, ReviewReason.EXPERIENCE_ADDED))


def test_a_doubt_brings_an_officer_to_a_change_that_needs_none(policy: Policy) -> None:
    """What policy lets pass with a warning is looked at."""
    doubt = Doubt("identity_number_check_digit", Field.IDENTITY_NUMBER)

    found = need(policy, Field.EMAIL, doubts=(doubt,))

    assert found == ReviewNeed(1, (ReviewReason.WARNINGS_RAISED,))


@pytest.mark.parametrize("code", [IDENTITY_NUMBER_HELD, IDENTITY_NUMBER_WANTED])
def test_a_number_of_somebody_else_needs_an_officer_whatever_policy_says(
    policy: Policy, code: str
) -> None:
    """No installation lets it pass unseen."""
    nobody = dict.fromkeys(policy.review.approvals, 0)
    review = replace(policy.review, approvals=nobody, approvals_on_warnings=0)
    lax = replace(policy, review=review)

    found = need(lax, Field.IDENTITY_NUMBER, doubts=(Doubt(code, Field.IDENTITY_NUMBER),))

    assert found == ReviewNeed(1, (ReviewReason.IDENTITY_NUMBER_HELD,))


def test_the_numbers_are_policy(policy: Policy) -> None:
    """An installation may ask for three officers, or none."""
    approvals = dict.fromkeys(policy.review.approvals, 3)
    strict = replace(policy, review=replace(policy.review, approvals=approvals))

    assert need(strict, Field.EMAIL) == ReviewNeed(3, (ReviewReason.CONTACT_CHANGED,))


@pytest.mark.parametrize("reason", REASONS, ids=repr)
def test_every_reason_is_found_by_its_code_and_says_why_twice(reason: SaidReason) -> None:
    """Codes are stored, sentences are read."""
    assert type(reason)(reason.value) is reason
    assert reason.value == reason.name.lower()
    assert reason.sentence.ar.endswith(".")
    assert reason.sentence.en.endswith(".")
