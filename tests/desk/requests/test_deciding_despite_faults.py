"""Many requests decided where one of them, or the database, fails."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests import deciding_many
from desk.requests.deciding_many import DecidedOne, DecisionFailed, decide_many
from desk.requests.review import Ruling, decide_in
from models.database import transaction
from models.requests import find_request
from rules.errors import MumarisError
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict
from support.at_the_desk import decisions
from support.deciding import at_gate
from support.people import register_people
from support.requests import NOW

Rulings = Mapping[str, Ruling]
Decided = dict[str, Status | MumarisError]
APPROVE = Ruling(verdict=Verdict.APPROVE, officer="amal")


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def decided(codes: Sequence[str]) -> dict[str, DecidedOne]:
    """What became of each."""
    found = [one async for one in decide_many(codes, APPROVE, now=NOW)]
    assert len(found) == len(codes)
    return {one.tracking_code: one for one in found}


async def poison(code: str) -> None:
    """Its row cannot be read."""
    async with transaction() as session:
        request = await find_request(session, code, lock=True)
        request.normalised = {"documents": "none"}


async def test_a_poison_row_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Its chunk is decided one by one; of it nothing is."""
    codes = [await at_gate() for _ in range(3)]
    await poison(codes[1])

    found = await decided(codes)

    assert isinstance(found[codes[1]].refused, DecisionFailed)
    assert str(found[codes[1]].refused) == (
        f"request {codes[1]} cannot be decided: a fault (KeyError)"
    )
    assert [found[code].status for code in (codes[0], codes[2])] == [Status.APPROVED] * 2
    assert await decisions(codes[1]) == []
    assert caplog.messages == ["a decision among several failed (KeyError)"]


async def test_a_poison_row_in_each_chunk_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The chunks behind go on, and whoever stood beside it in any of them is decided."""
    monkeypatch.setattr("desk.register.in_chunks.CHUNK", 2)
    codes = [await at_gate() for _ in range(6)]
    for code in (codes[0], codes[2]):
        await poison(code)

    found = await decided(codes)

    assert [code for code in codes if found[code].status is None] == [codes[0], codes[2]]


async def test_what_is_too_much_together_is_decided_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A statement over all of them that takes too long is no outage."""
    codes = [await at_gate() for _ in range(2)]

    async def too_long_for_many(session: AsyncSession, asked: Rulings, **named: Any) -> Decided:
        if len(asked) > 1:
            raise OperationalError("", None, QueryCanceled())
        return await decide_in(session, asked, **named)

    monkeypatch.setattr(deciding_many, "decide_in", too_long_for_many)

    assert {one.status for one in (await decided(codes)).values()} == {Status.APPROVED}


async def test_a_database_that_goes_away_between_the_lone_ones_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first fault was of a row, the second is not."""
    codes = [await at_gate() for _ in range(2)]

    async def broken_then_away(_: AsyncSession, asked: Rulings, **__: object) -> Decided:
        raise RuntimeError if len(asked) > 1 else OperationalError("", None, Exception())

    monkeypatch.setattr(deciding_many, "decide_in", broken_then_away)

    with pytest.raises(OperationalError):
        await decided(codes)


async def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of a request: what was decided before stays, and the rest is as it was."""
    monkeypatch.setattr("desk.register.in_chunks.CHUNK", 2)
    codes = [await at_gate() for _ in range(4)]
    told: list[str] = []

    async def until_it_is_away(patch: pytest.MonkeyPatch) -> None:
        async for one in decide_many(codes, APPROVE, now=NOW):
            told.append(one.tracking_code)
            if len(told) == 2:
                patch.setattr(deciding_many, "decide_in", _away)

    with monkeypatch.context() as patch, pytest.raises(OperationalError):
        await until_it_is_away(patch)

    again = await decided(codes)
    assert [code for code in codes if again[code].is_done_before] == told
    assert [again[code].status for code in codes if code not in told] == [Status.APPROVED] * 2


async def _away(*_: object, **__: object) -> None:
    raise OperationalError("", None, Exception())


async def test_while_the_database_is_away_nothing_more_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither one by one."""
    codes = [await at_gate() for _ in range(2)]
    tried: list[int] = []

    async def away(_: AsyncSession, asked: Rulings, **__: object) -> None:
        tried.append(len(asked))
        await _away()

    monkeypatch.setattr(deciding_many, "decide_in", away)

    with pytest.raises(OperationalError):
        await decided(codes)
    assert tried == [2]
