"""Cards that expire soon, judged by two policies."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from desk.comparing import cards as comparing
from desk.comparing.cards import compare_cards
from rules.policy.policy import Policy
from rules.policy.terms import Difference, Tally
from support.cards import register_holder
from support.policies import frozen_policy
from support.requests import NOW

pytestmark = pytest.mark.usefixtures("database")

TODAY = NOW.date()
POLICY = frozen_policy()
SHORTER = replace(POLICY, renewal=replace(POLICY.renewal, opens_before_expiry_days=60))


async def compared(proposed: Policy, in_force: Policy = POLICY, **more: Any) -> Tally:
    """What differs of the cards that expire within ninety days."""
    more = {"today": TODAY, "days": 90, "step": lambda _: None} | more
    return await compare_cards(in_force, proposed, **more)


async def test_a_shorter_window_concerns_who_is_inside_the_longer_one() -> None:
    """All are told another day; those between the two may not be renewed any more."""
    for days in (0, 60, 61, 90, 91):
        await register_holder(expires_on=TODAY + timedelta(days=days))
    await register_holder(expires_on=TODAY - timedelta(days=1))

    found = await compared(SHORTER)

    assert (found.looked_at, found.differ) == (4, 4)
    assert found.by == {
        Difference("opens_days_before_expiry", "90", "60"): 4,
        Difference("may_renew", "yes", "no"): 2,
        Difference("rule:window", "holds", "forbids"): 2,
    }


async def test_hours_are_those_of_the_ledger() -> None:
    """A maximum of one activity leaves too few of them."""
    await register_holder(expires_on=TODAY + timedelta(days=30))
    limits = replace(POLICY.limits, cpd_hours_per_entry=10)

    found = await compared(replace(POLICY, limits=limits))

    assert found.by[Difference("hours_counted", "30", "10")] == 1
    assert found.by[Difference("years", "2", "1")] == 1


async def test_the_other_way_round_is_the_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pieces are, and though several cards expire on one day."""
    for days in (30, 30, 30, 80):
        await register_holder(expires_on=TODAY + timedelta(days=days))
    monkeypatch.setattr(comparing, "_CHUNK", 2)
    told: list[int] = []

    there = await compared(SHORTER, step=told.append)
    back, same = await compared(POLICY, in_force=SHORTER), await compared(POLICY)

    assert there.by == {
        Difference(each.rule, each.proposed, each.in_force): number
        for each, number in back.by.items()
    }
    assert (there.looked_at, sum(told), same.differ) == (4, 4, 0)
