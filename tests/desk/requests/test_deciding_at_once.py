"""Sets of requests that several officers decide at a time, or that somebody else holds."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlmodel import select

from desk.requests.at_the_gate import ReviewAlreadyDecided
from desk.requests.deciding_many import DecidedOne, decide_many
from desk.requests.landing import land_due, put_down
from desk.requests.review import Ruling
from desk.requests.withdrawal import withdraw_in
from models.database import transaction
from models.door import APPLICANT
from models.officers import Officer
from models.requests import Decision, find_request
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.deciding import at_gate
from support.people import luhn_number, register_people
from support.racing import until_somebody_waits
from support.requests import NOW
from tasks.deadlines import land_decisions


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


def approval(officer: str) -> Ruling:
    """Of this officer."""
    return Ruling(verdict=Verdict.APPROVE, officer=officer)


async def decided(codes: Sequence[str], officer: str = "amal") -> list[DecidedOne]:
    """What this officer is told of each."""
    return [one async for one in decide_many(codes, approval(officer), now=NOW)]


async def decisions() -> Counter[object]:
    """How often each request was decided."""
    async with transaction() as session:
        return Counter((await session.exec(select(Decision.request_id))).all())


async def test_of_many_who_decide_one_set_each_request_is_decided_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In any order, in chunks that overlap: nobody waits in a circle, nobody is told twice."""
    monkeypatch.setattr("desk.register.in_chunks.CHUNK", 3)
    codes = [await at_gate() for _ in range(8)]
    # Two pairs want one identity number each, which is a lock besides the rows.
    for seed in ("88888881", "88888882"):
        codes += [await at_gate(identity_number=luhn_number(seed)) for _ in range(2)]
    names = [f"officer{number}" for number in range(12)]
    async with transaction() as session:
        session.add_all(Officer(user_name=name) for name in names)
    orders = [codes[number:] + codes[:number] for number in range(12)]
    orders = [order if number % 2 else order[::-1] for number, order in enumerate(orders)]

    found = await asyncio.gather(
        *(decided(order, name) for order, name in zip(orders, names, strict=True))
    )

    assert [len(each) for each in found] == [len(codes)] * len(names)
    won = Counter(one.tracking_code for each in found for one in each if one.status)
    lost = {type(one.refused).__name__ for each in found for one in each if not one.status}
    assert set(won.values()) == {1}
    assert set(codes[:8]) <= won.keys()
    assert len(won) == 10
    assert lost <= {"ReviewAlreadyDecided", "NotApprovable"}
    assert set((await decisions()).values()) == {1}


async def test_what_somebody_holds_keeps_no_other_one_waiting() -> None:
    """The others are decided at once; it is, once it is free."""
    held, *free = [await at_gate() for _ in range(4)]
    told: list[str] = []

    async def decide_all() -> list[DecidedOne]:
        found = []
        async for one in decide_many([held, *free], approval("amal"), now=NOW):
            told.append(one.tracking_code)
            found.append(one)
        return found

    async with transaction() as session:
        request = await find_request(session, held, lock=True)
        deciding = asyncio.create_task(decide_all())
        await until_somebody_waits()
        assert sorted(told) == sorted(free)
        await withdraw_in(session, request, by=APPLICANT, now=NOW)

    found = {one.tracking_code: one for one in await deciding}
    assert isinstance(found[held].refused, ReviewAlreadyDecided)
    assert {found[code].status for code in free} == {Status.APPROVED}


async def test_a_pass_lands_until_none_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are due, and however few land in one transaction."""
    monkeypatch.setattr("tasks.deadlines.LANDED_AT_ONCE", 2)
    for code in [await at_gate() for _ in range(5)]:
        lands = await put_down(code, approval("amal"), now=NOW)
    assert lands is not None

    assert await land_decisions(now=lands) == 5


async def test_whoever_lands_them_at_a_time_each_lands_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In sets, each in a transaction: two passes of the sweep, and their officer's next request."""
    monkeypatch.setattr("tasks.deadlines.LANDED_AT_ONCE", 2)
    codes = [await at_gate() for _ in range(5)]
    for code in codes:
        lands = await put_down(code, approval("amal"), now=NOW)
    assert lands is not None

    found = await asyncio.gather(
        land_decisions(now=lands), land_due("amal", now=lands), land_decisions(now=lands)
    )

    assert sum(found) == len(codes)
    assert await land_decisions(now=lands) == 0
    assert sorted((await decisions()).values()) == [1] * len(codes)
