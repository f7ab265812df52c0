"""Which cases are clean enough to be approved several at a time."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from rules.policy.policy import BulkApprovalPolicy
from rules.register.fields import Field
from rules.requests.bulk_approval import (
    BulkFacts,
    NotClean,
    allows_bulk,
    says_otherwise,
    why_not_clean,
)
from rules.requests.proposed import Change
from rules.requests.queues import AtTheDesk
from rules.requests.review import ReviewReason
from rules.requests.statuses import Kind
from support.policies import frozen_policy

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TODAY = date(2026, 11, 25)
MOMENT = timedelta(microseconds=1)
REVIEW = frozen_policy().review
DESK = AtTheDesk(due_at=NOW)
CLEAN = BulkFacts(
    kind=Kind.PROFILE_UPDATE,
    round=1,
    reasons=["specialty_or_rank_changed"],
    has_doubts=False,
    is_official_record_other=False,
    has_document_remarks=False,
    desk=DESK,
)
ORDINARY = {
    ReviewReason.CONTACT_CHANGED,
    ReviewReason.NAMES_CHANGED,
    ReviewReason.IDENTITY_CHANGED,
    ReviewReason.EMPLOYER_CHANGED,
    ReviewReason.SPECIALTY_OR_RANK_CHANGED,
    ReviewReason.CERTIFICATES_ADDED,
    ReviewReason.EXPERIENCE_ADDED,
    ReviewReason.POLICY_ASKS_FOR_OFFICER,
}


def against(facts: BulkFacts, **policy: Any) -> NotClean | None:
    """What Amal is told."""
    return why_not_clean(facts, "amal", replace(REVIEW, **policy), now=NOW, today=TODAY)


def test_what_leaves_nothing_to_look_at_is_clean() -> None:
    """Free, or one's own to work on."""
    assert against(CLEAN) is None
    mine = replace(DESK, claimed_by="amal", claim_until=NOW + MOMENT)
    assert against(replace(CLEAN, desk=mine)) is None


@pytest.mark.parametrize(
    ("desk", "why"),
    [
        ({"own_of": "amal"}, NotClean.OWN),
        ({"claimed_by": "basim", "claim_until": NOW + MOMENT}, NotClean.ANOTHERS),
        ({"decision_waits": True}, NotClean.ANOTHERS),
        ({"held_until": NOW + MOMENT}, NotClean.HELD),
        ({"skipped": frozenset({("amal", TODAY)})}, NotClean.PASSED_ON),
        ({"approvals_needed": 2}, NotClean.SEVERAL_OFFICERS),
        ({"own_of": "basim"}, None),
        ({"claimed_by": "basim", "claim_until": NOW}, None),
        (
            {"claimed_by": "basim", "claim_until": NOW + MOMENT, "is_holder_active": False},
            None,
        ),
        ({"held_until": NOW}, None),
        ({"skipped": frozenset({("amal", TODAY - timedelta(days=1))})}, None),
        ({"skipped": frozenset({("basim", TODAY)})}, None),
    ],
)
def test_where_it_stands_at_the_desk_counts(desk: dict[str, Any], why: NotClean | None) -> None:
    """Of claims and days those that hold now, of passing on one's own."""
    assert against(replace(CLEAN, desk=replace(DESK, **desk))) is why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"round": 2}, NotClean.LATER_ROUND),
        ({"has_doubts": True}, NotClean.DOUBT),
        ({"is_official_record_other": True}, NotClean.OFFICIAL_RECORD),
        ({"has_document_remarks": True}, NotClean.DOCUMENT),
    ],
)
def test_what_wants_a_look_is_not_clean(facts: dict[str, Any], why: NotClean) -> None:
    """One of them is enough."""
    assert against(replace(CLEAN, **facts)) is why


@pytest.mark.parametrize("reason", ReviewReason)
def test_ordinary_reasons_alone_are_clean(reason: ReviewReason) -> None:
    """A reason that is added is not, until somebody says so."""
    found = against(replace(CLEAN, reasons=["names_changed", reason]))

    assert found is (None if reason in ORDINARY else NotClean.DOUBT)


def test_a_reason_of_a_newer_version_wants_a_look() -> None:
    """Nobody here knows what it asks for."""
    assert against(replace(CLEAN, reasons=["of_tomorrow"])) is NotClean.DOUBT


def test_policy_says_which_kinds() -> None:
    """Each by itself."""
    policy = BulkApprovalPolicy(profile_update=False, card_renewal=True, registration=False)

    assert against(CLEAN, bulk_approval=policy) is NotClean.KIND
    renewal = replace(CLEAN, kind=Kind.CARD_RENEWAL)
    assert against(renewal, bulk_approval=policy) is None
    assert not allows_bulk("of_tomorrow", REVIEW)


def test_policy_knows_every_kind() -> None:
    """A kind that is added says whether it is approved together."""
    assert {each.name for each in fields(BulkApprovalPolicy)} == set(Kind)


@pytest.mark.parametrize(
    ("official", "is_other"), [(None, False), ("New", False), ("Old", True), ("", True)]
)
def test_the_official_record_agrees_or_was_not_asked(
    official: str | None, *, is_other: bool
) -> None:
    """With what is to be, not with what is on file."""
    same = Change(Field.EMPLOYER, "Old", "New", None)
    change = Change(Field.FIRST_NAME_EN, "Old", "New", official)

    assert says_otherwise([same, change]) is is_other
