"""Decisions that were put down, as officers are shown them."""

from datetime import timedelta

import pytest

from desk.cases.case import read_case
from desk.cases.landing import own_not_landed, own_waiting
from desk.looks import Looker
from desk.requests.landing import land, take_back
from desk.requests.withdrawal import withdraw
from models.officers import OfficerUnknown
from models.own_rows import shown_columns
from models.waiting_decisions import WaitingDecision
from rules.requests.landing import Landing
from rules.requests.verdicts import Verdict
from support.landing import LANDS, approval_waits
from support.requests import NOW

MOMENT = timedelta(microseconds=1)


@pytest.fixture
async def code(database: str) -> str:
    """A request on which amal's approval waits."""
    return await approval_waits()


async def test_an_officer_is_shown_what_can_be_taken_back(code: str) -> None:
    """Their own, until it lands or was taken back."""
    [waits] = await own_waiting(" Amal ")

    assert (waits.tracking_code, waits.officer, waits.verdict) == (code, "amal", Verdict.APPROVE)
    assert (waits.put_down_at, waits.lands_at, waits.outcome) == (NOW, LANDS, None)
    assert await own_waiting("basim") == ()
    assert await own_not_landed("amal", since=NOW) == ()
    await take_back(code, "amal", now=NOW)
    assert await own_waiting("amal") == await own_not_landed("amal", since=NOW) == ()
    with pytest.raises(OfficerUnknown):
        await own_waiting("retired")


async def test_an_officer_is_shown_what_did_not_land(code: str) -> None:
    """With the reason; not what landed, and nobody else's."""
    await withdraw(code, now=NOW)
    await land(code, now=LANDS)

    [refused] = await own_not_landed("amal", since=LANDS)

    assert (refused.tracking_code, refused.outcome, refused.ended_at) == (
        code,
        Landing.NOT_AT_THE_GATE,
        LANDS,
    )
    assert await own_waiting("amal") == ()
    assert await own_not_landed("amal", since=LANDS + MOMENT) == ()
    assert await own_not_landed("basim", since=LANDS) == ()
    with pytest.raises(OfficerUnknown):
        await own_not_landed("retired", since=LANDS)


async def test_the_case_says_that_it_is_landing(code: str) -> None:
    """Whoever reads it; afterwards the decision is in its round."""
    by = Looker.officer("basim")
    before = await read_case(code, by=by, now=NOW)
    await land(code, now=LANDS)
    after = await read_case(code, by=by, now=NOW)

    assert before.put_down is not None
    assert (before.put_down.officer, before.put_down.lands_at) == ("amal", LANDS)
    assert before.round.decisions == ()
    assert after.put_down is None
    assert [one.officer for one in after.round.decisions] == ["amal"]


def test_the_person_is_not_told_what_was_taken_back() -> None:
    """Of the row they read that there was a decision, and when."""
    shown = {column.name for column in shown_columns(WaitingDecision.__table__)}  # type: ignore[attr-defined]

    assert {"put_down_at", "ended_at"} <= shown
    assert not shown & {"verdict", "reason_code", "note", "fields", "officer"}
