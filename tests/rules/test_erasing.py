"""Duty somebody's data are kept, whoever asks that they be erased."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.erasing import Duty, DutyFacts, KeptBecause, kept_days, reasons_to_keep
from rules.keeping import Subject
from rules.policy.policy import Policy
from rules.register.card import CardStatus
from rules.values.dates import riyadh_day

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = riyadh_day(NOW)
FREE = DutyFacts(
    open_requests=0,
    last_ended_at=None,
    card_status=None,
    card_expires_on=None,
    holds=0,
    is_officer=False,
)


def reasons(policy: Policy, **more: Any) -> tuple[KeptBecause, ...]:
    return reasons_to_keep(replace(FREE, **more), policy, NOW)


def test_whom_nothing_stands_against_may_be_erased(policy: Policy) -> None:
    """Nothing is kept by itself."""
    assert reasons(policy) == ()


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ({"open_requests": 1}, Duty.REQUEST_OPEN),
        ({"holds": 1}, Duty.HELD),
        ({"is_officer": True}, Duty.AT_THE_DESK),
    ],
)
def test_each_fact_is_a_reason(fact: dict[str, Any], why: Duty, policy: Policy) -> None:
    """By itself."""
    assert reasons(policy, **fact) == (KeptBecause(why),)


@pytest.mark.parametrize("status", [CardStatus.ACTIVE, CardStatus.SUSPENDED])
def test_a_card_keeps_its_holder_to_its_last_day(status: CardStatus, policy: Policy) -> None:
    """A suspended one may come back."""
    last = reasons(policy, card_status=status, card_expires_on=TODAY)
    over = reasons(policy, card_status=status, card_expires_on=TODAY - timedelta(days=1))

    assert last == (KeptBecause(Duty.CARD_IN_FORCE, TODAY),)
    assert over == ()


def test_a_card_that_was_taken_away_keeps_nobody(policy: Policy) -> None:
    """Whatever is printed on it."""
    later = TODAY + timedelta(days=300)

    assert reasons(policy, card_status=CardStatus.REVOKED, card_expires_on=later) == ()


def test_a_request_is_kept_for_its_days_whoever_asks(policy: Policy) -> None:
    """At the bound it stands, and a moment later it does not; the last day is said."""
    days = timedelta(days=policy.retention.requests_days)

    assert reasons(policy, last_ended_at=NOW - days) == (KeptBecause(Duty.REQUEST_KEPT, TODAY),)
    assert reasons(policy, last_ended_at=NOW - days - timedelta(microseconds=1)) == ()


def test_every_reason_is_said_at_once(policy: Policy) -> None:
    """Nobody comes back four times."""
    found = reasons(policy, open_requests=2, last_ended_at=NOW, holds=1, is_officer=True)

    assert [one.why for one in found] == [
        Duty.REQUEST_OPEN,
        Duty.REQUEST_KEPT,
        Duty.HELD,
        Duty.AT_THE_DESK,
    ]


def test_a_certificate_names_the_line_of_policy(policy: Policy) -> None:
    """The one that lets it go, and from when its days count."""
    days = policy.retention.requests_days

    assert kept_days(policy).policy == f"[retention] requests_days = {days}"
    assert kept_days(policy).subject is Subject.PERSON
    assert kept_days(policy).since == "the last request ended"


def test_a_reason_is_said_in_words() -> None:
    """With its last day where that is known."""
    assert str(KeptBecause(Duty.HELD)) == "a hold stands"
    assert str(KeptBecause(Duty.CARD_IN_FORCE, TODAY)) == "the card is in force until 2026-11-23"
