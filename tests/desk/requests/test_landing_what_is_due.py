"""All that an officer has decided lands before their next request, faults of one or not."""

from datetime import timedelta

import pytest
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import OperationalError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.landing import land_due, put_down, take_back
from rules.requests.landing import Landing
from rules.requests.statuses import Status
from support.landing import APPROVE, LANDS, outcomes, status_of
from support.people import register_applicant, register_people, specialty_change
from support.requests import NOW
from support.ticks import ticked_at_gate

MOMENT = timedelta(microseconds=1)


@pytest.fixture(autouse=True)
async def people(database: str) -> None:
    await register_people()


async def test_an_officer_s_next_request_lands_what_is_theirs() -> None:
    """What is due, and nobody else's."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)

    landed = [
        await land_due(who, now=now)
        for who, now in (("amal", LANDS - MOMENT), ("basim", LANDS), ("amal", LANDS))
    ]

    assert landed == [0, 0, 1]
    assert await status_of(code) is Status.APPROVED


async def two_put_down(chunk: int, patch: pytest.MonkeyPatch) -> None:
    """Two decisions of one officer wait; so many land together."""
    patch.setattr("desk.register.in_chunks.CHUNK", chunk)
    number = (await register_applicant()).registration_number
    another = specialty_change(NOW.date(), registration_number=number, idempotency_key=number)
    for code in (await ticked_at_gate(), await ticked_at_gate(another)):
        await put_down(code, APPROVE, now=NOW)


@pytest.mark.parametrize("chunk", [1, 2])
async def test_all_that_an_officer_decided_is_landed_and_counted(
    chunk: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Chunk after chunk; none of them fails, and none has to be landed by itself."""
    await two_put_down(chunk, monkeypatch)
    monkeypatch.setattr("desk.requests.landing.land", None)

    assert await land_due("amal", now=LANDS) == 2
    assert await outcomes() == [Landing.LANDED] * 2
    assert caplog.messages == []


@pytest.mark.parametrize("chunk", [1, 2])
async def test_what_is_too_much_together_lands_one_by_one(
    chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement over all of them that takes too long is no outage."""
    await two_put_down(chunk, monkeypatch)

    async def too_long(*_: object, **__: object) -> None:
        raise OperationalError("", None, QueryCanceled())

    monkeypatch.setattr("desk.requests.landing._land_all", too_long)

    assert await land_due("amal", now=LANDS) == 2
    assert await outcomes() == [Landing.LANDED] * 2


async def test_what_takes_too_long_one_by_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that the database is away; the decisions wait on."""
    await two_put_down(2, monkeypatch)

    async def too_long(*_: object, **__: object) -> None:
        raise OperationalError("", None, QueryCanceled())

    monkeypatch.setattr("desk.requests.landing.decide_in", too_long)

    with pytest.raises(OperationalError):
        await land_due("amal", now=LANDS)
    assert await outcomes() == [None, None]


async def test_one_that_cannot_land_does_not_stand_in_its_officer_s_way(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It waits on, for the sweep, and can be taken back."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)

    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("Noura")

    monkeypatch.setattr("desk.requests.landing.decide_in", broken)

    assert await land_due("amal", now=LANDS) == 0
    assert await outcomes() == [None]
    assert caplog.messages == ["a decision does not land (RuntimeError)"]
    assert "Noura" not in caplog.text
    await take_back(code, "amal", now=LANDS)
    assert await outcomes() == [Landing.TAKEN_BACK]


async def test_a_database_that_is_away_is_no_fault_of_a_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The page says that it is away; nothing is tried by itself then."""
    code = await ticked_at_gate()
    await put_down(code, APPROVE, now=NOW)

    tried: list[object] = []

    async def away(_: AsyncSession, rulings: object, **__: object) -> None:
        tried.append(rulings)
        raise OperationalError("", None, Exception())

    monkeypatch.setattr("desk.requests.landing.decide_in", away)

    with pytest.raises(OperationalError):
        await land_due("amal", now=LANDS)
    assert (len(tried), await outcomes()) == (1, [None])
