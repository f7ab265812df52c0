"""What happens to a decision while another hand is on its request."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from desk.queues.taking import next_request
from desk.requests.at_the_gate import DecisionWaits
from desk.requests.landing import NoDecisionWaits, land, land_due, land_in, put_down, take_back
from desk.requests.review import Ruling
from desk.requests.waiting import load_request
from desk.requests.withdrawal import WithdrawalTooLate, withdraw, withdraw_in
from models.database import engine, transaction
from models.door import APPLICANT
from models.requests import find_request
from models.statements import execute
from models.waiting_decisions import waiting_decision_of
from rules.requests.landing import Landing
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.landing import APPROVE, LANDS, approval_waits, decisions, outcomes, status_of
from support.people import register_people
from support.racing import until_somebody_waits
from support.requests import NOW
from support.ticks import ticked_at_gate
from tasks.deadlines import land_decisions

HELD_UP = "(SELECT true FROM (SELECT pg_advisory_xact_lock_shared(53)) AS held)"


@pytest.fixture
async def code(database: str) -> str:
    """A request on which amal's approval waits."""
    return await approval_waits()


async def written() -> tuple[int, list[str | None]]:
    """How many decisions there are, and how those that waited have ended."""
    return len(await decisions()), await outcomes()


async def test_of_many_who_land_it_at_a_time_one_does(code: str) -> None:
    """Sweeps, its officer's requests, and whoever names it: one decision."""
    found = await asyncio.gather(
        *(land(code, now=LANDS) for _ in range(5)),
        *(land_due("amal", now=LANDS) for _ in range(5)),
        *(land_decisions(now=LANDS) for _ in range(5)),
    )

    assert sum(bool(one) for one in found) == 1
    assert await written() == (1, [Landing.LANDED])
    assert await status_of(code) is Status.APPROVED


async def test_a_withdrawal_that_comes_first_wins(code: str) -> None:
    """The landing waits for it, and decides nothing."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        landing = asyncio.create_task(land(code, now=LANDS))
        await until_somebody_waits()
        await withdraw_in(session, request, by=APPLICANT, now=LANDS)

    assert await landing is Landing.NOT_AT_THE_GATE
    assert await written() == (0, [Landing.NOT_AT_THE_GATE])
    assert await status_of(code) is Status.WITHDRAWN


async def test_a_withdrawal_that_comes_second_is_too_late(code: str) -> None:
    """As it is after any approval."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        withdrawing = asyncio.create_task(withdraw(code, now=LANDS))
        await until_somebody_waits()
        await land_in(session, [request], now=LANDS)

    with pytest.raises(WithdrawalTooLate):
        await withdrawing
    assert await written() == (1, [Landing.LANDED])


async def test_taking_back_and_landing_exclude_each_other(code: str) -> None:
    """Whichever has the request's row first."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        taking = asyncio.create_task(take_back(code, "amal", now=LANDS))
        await until_somebody_waits()
        await land_in(session, [request], now=LANDS)

    with pytest.raises(NoDecisionWaits):
        await taking
    assert await written() == (1, [Landing.LANDED])


async def test_what_was_taken_back_meanwhile_does_not_land(code: str) -> None:
    """Whoever waited to land it finds nothing."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        landing = asyncio.create_task(land(code, now=LANDS))
        await until_somebody_waits()
        waits = await waiting_decision_of(session, request.id)
        assert waits is not None
        waits.end(Landing.TAKEN_BACK, now=LANDS)

    assert await landing is None
    assert await written() == (0, [Landing.TAKEN_BACK])


async def test_of_two_officers_who_decide_at_a_time_one_does(database: str) -> None:
    """The other is told who."""
    await register_people()
    code = await ticked_at_gate()
    rulings = [Ruling(verdict=Verdict.APPROVE, officer=name) for name in ("amal", "basim")]

    found = await asyncio.gather(
        *(put_down(code, ruling, now=NOW) for ruling in rulings), return_exceptions=True
    )

    assert sorted(map(type, found), key=str) == sorted([type(NOW), DecisionWaits], key=str)
    assert await written() == (0, [None])


@contextmanager
def next_looks_long() -> Iterator[None]:
    """Between what it sees and what it locks, *Next* waits for whoever holds an advisory lock."""

    def wait(_connection: object, _cursor: object, said: str, values: Any, *_: object) -> Any:
        if "SKIP LOCKED" in said:
            said = said.replace("WHERE", f"WHERE {HELD_UP} AND", 1)
        return said, values

    target = engine().sync_engine
    event.listen(target, "before_cursor_execute", wait, retval=True)
    yield
    event.remove(target, "before_cursor_execute", wait)


async def test_next_does_not_give_what_is_decided_while_it_looks(database: str) -> None:
    """Its statement sees what was so when it began."""
    await register_people()
    code = await ticked_at_gate()

    with next_looks_long():
        async with transaction() as session:
            await execute(session, text("SELECT pg_advisory_xact_lock(53)"))
            giving = asyncio.create_task(next_request("basim", now=NOW))
            await until_somebody_waits(lock="advisory")
            await put_down(code, APPROVE, now=NOW)
        given = await giving

    assert given is None
    assert (await load_request(code)).claimed_by is None
