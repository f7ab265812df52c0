"""A decision that waits: what SQL says is due is what the rule says, and what a row may be."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models.database import transaction
from models.requests import find_request
from models.waiting_decisions import (
    WaitingDecision,
    due_codes,
    due_to_land,
    waiting_decision_of,
)
from rules.requests.landing import Landing, is_due
from rules.requests.verdicts import Origin, Verdict
from support.people import register_people
from support.requests import NOW, request_at_gate

Add = Callable[..., Awaitable[None]]

WAITS = timedelta(seconds=10)
LANDS = NOW + WAITS
MOMENT = timedelta(microseconds=1)
INSTANTS = [
    at + by
    for at in (NOW - WAITS, NOW, LANDS, NOW - timedelta(days=400), NOW + timedelta(days=400))
    for by in (-MOMENT, timedelta(), MOMENT)
]


@pytest.fixture
async def add(database: str) -> Add:
    """Adds a row about a request at the gate."""
    await register_people()
    code = await request_at_gate()

    async def added(**facts: Any) -> None:
        async with transaction() as session:
            request = await find_request(session, code)
            known = {
                "request_id": request.id,
                "round": 1,
                "officer": "amal",
                "verdict": Verdict.APPROVE,
                "origin": Origin.DESK_PAGE,
                "put_down_at": NOW,
                "lands_at": LANDS,
            }
            session.add(WaitingDecision(**known | facts))

    return added


@pytest.mark.parametrize("now", INSTANTS)
async def test_sql_finds_due_what_the_rule_says_is_due(add: Add, now: datetime) -> None:
    """At each instant that makes a difference, and far from them."""
    await add()

    async with transaction() as session:
        rows = (await session.exec(select(WaitingDecision).where(due_to_land(now)))).all()
        codes = await due_codes(session, "amal", now=now)
        others = await due_codes(session, "basim", now=now)

    assert bool(rows) is bool(codes) is is_due(NOW, LANDS, now)
    assert not others


async def test_what_has_ended_neither_waits_nor_is_due(add: Add) -> None:
    """It stays as a record, beside the one that waits."""
    await add(ended_at=NOW, outcome=Landing.TAKEN_BACK)
    async with transaction() as session:
        [row] = (await session.exec(select(WaitingDecision))).all()
        assert await waiting_decision_of(session, row.request_id) is None
        assert await due_codes(session, "amal", now=LANDS) == []

    await add()
    async with transaction() as session:
        assert await waiting_decision_of(session, row.request_id) is not None


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"outcome": Landing.LANDED}, "a_waiting_decision_ends_somehow"),
        ({"ended_at": NOW}, "a_waiting_decision_ends_somehow"),
        ({"lands_at": NOW}, "a_waiting_decision_waits"),
        ({"verdict": "perhaps"}, "a_waiting_decision_has_a_known_verdict"),
        ({"origin": "fax"}, "a_waiting_decision_has_a_known_origin"),
        ({"ended_at": NOW, "outcome": "lost"}, "a_waiting_decision_ends_in_a_known_way"),
    ],
)
async def test_the_database_refuses_what_no_decision_is(
    add: Add, facts: dict[str, Any], constraint: str
) -> None:
    """Whoever writes it."""
    with pytest.raises(IntegrityError, match=constraint):
        await add(**facts)


async def test_one_decision_waits_on_a_request(add: Add) -> None:
    """The request's lock sees to that; the database does where it is forgotten."""
    await add()

    with pytest.raises(IntegrityError, match="one_decision_waits"):
        await add(officer="basim")
