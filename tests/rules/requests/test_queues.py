"""Where a request under review stands at the desk, and whom it may be given to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.requests.queues import (
    AtTheDesk,
    DeskPlace,
    Queue,
    is_claimed,
    may_be_next,
    place_of,
    queues_of,
)

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
TODAY = date(2026, 11, 25)
MOMENT = timedelta(microseconds=1)
FREE = AtTheDesk(due_at=NOW + timedelta(days=1))
AMALS = replace(FREE, claimed_by="amal", claim_until=NOW + MOMENT)
ASIDE = replace(FREE, held_until=NOW + MOMENT)
DECIDED = replace(FREE, decision_waits=True)
ONCE = replace(FREE, approvals_needed=2, approved_by=frozenset({"basim"}))
NAMES = st.sampled_from(["amal", "basim"])
TIMES = st.sampled_from([NOW - MOMENT, NOW, NOW + MOMENT])
STATES = st.builds(
    AtTheDesk,
    due_at=TIMES,
    claimed_by=st.none() | NAMES,
    claim_until=st.none() | TIMES,
    is_holder_active=st.booleans(),
    is_holder_away=st.booleans(),
    held_until=st.none() | TIMES,
    approvals_needed=st.just(2),
    approved_by=st.frozensets(NAMES, max_size=1),
    skipped=st.frozensets(st.tuples(NAMES, st.sampled_from([TODAY, TODAY - timedelta(days=1)]))),
    decision_waits=st.booleans(),
    own_of=st.none() | NAMES,
)


@pytest.mark.parametrize(
    ("state", "place"),
    [
        (FREE, DeskPlace.TO_TAKE),
        (AMALS, DeskPlace.CLAIMED),
        (replace(AMALS, claim_until=NOW), DeskPlace.TO_TAKE),
        (replace(AMALS, is_holder_active=False), DeskPlace.TO_TAKE),
        (replace(AMALS, is_holder_away=True), DeskPlace.TO_TAKE),
        (ONCE, DeskPlace.SECOND_OFFICER),
        (replace(AMALS, approved_by=frozenset({"basim"})), DeskPlace.CLAIMED),
        (ASIDE, DeskPlace.HELD),
        (replace(ASIDE, held_until=NOW), DeskPlace.TO_TAKE),
        (replace(AMALS, held_until=NOW + MOMENT), DeskPlace.HELD),
        (DECIDED, DeskPlace.LANDING),
        (replace(AMALS, held_until=NOW + MOMENT, decision_waits=True), DeskPlace.LANDING),
    ],
)
def test_it_stands_in_one_place(state: AtTheDesk, place: DeskPlace) -> None:
    """A claim and a day to come back end at their instant."""
    assert place_of(state, NOW) is place


@given(STATES, NAMES)
def test_it_is_in_the_queue_of_its_place_and_of_its_day(state: AtTheDesk, officer: str) -> None:
    """What somebody else works on is in none but those of all; what is landing, in none at all."""
    found = queues_of(state, officer, NOW)
    place = place_of(state, NOW)
    if place is DeskPlace.LANDING:
        assert not found
        return
    is_mine = place is DeskPlace.CLAIMED and state.claimed_by == officer
    own = {
        DeskPlace.TO_TAKE: {Queue.TO_TAKE},
        DeskPlace.SECOND_OFFICER: {Queue.SECOND_OFFICER},
        DeskPlace.HELD: {Queue.HELD},
        DeskPlace.CLAIMED: {Queue.MINE} if is_mine else set(),
    }[place]

    assert found - {Queue.LATE} == own | {Queue.ALL}
    assert (Queue.LATE in found) == (state.due_at <= NOW)


@pytest.mark.parametrize(
    ("state", "is_given"),
    [
        (FREE, True),
        (AMALS, False),
        (ASIDE, False),
        (DECIDED, False),
        (ONCE, True),
        (replace(ONCE, approved_by=frozenset({"amal"})), False),
        (replace(FREE, own_of="amal"), False),
        (replace(FREE, own_of="basim"), True),
        (replace(FREE, skipped=frozenset({("amal", TODAY)})), False),
        (replace(FREE, skipped=frozenset({("amal", TODAY - timedelta(days=1))})), True),
        (replace(FREE, skipped=frozenset({("basim", TODAY)})), True),
    ],
)
def test_next_gives_only_what_the_officer_may_decide(state: AtTheDesk, is_given: bool) -> None:
    """Not their own, not what they approved or passed on today, not what another works on."""
    assert may_be_next(state, "amal", NOW, TODAY) is is_given


@given(STATES)
def test_nobody_s_claim_is_a_claim(state: AtTheDesk) -> None:
    """Whatever else is noted of it."""
    assert not is_claimed(replace(state, claimed_by=None), NOW)
    assert not is_claimed(replace(state, claim_until=None), NOW)


def test_what_an_officer_works_on_is_that_officer_s() -> None:
    """And nobody else's."""
    assert Queue.MINE in queues_of(AMALS, "amal", NOW)
    assert Queue.MINE not in queues_of(AMALS, "basim", NOW)
