"""Whom a wave takes, in which order, and what becomes of whom it holds."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from models.database import transaction
from models.practitioners import find_practitioner
from models.requests import Request
from models.run_states import RunState
from models.runs import runs_to_look_at
from models.setbacks import Work, note_setback
from models.wave_members import take_members, take_waited_for
from models.waves import (
    Wave,
    WaveEnding,
    crowds,
    end_wave,
    leave_wave,
    left_without_runs,
    live_waves,
    open_wave,
    release_members,
    rest_without_runs,
    stopped_since,
)
from rules.requests.statuses import Kind, Status
from support.people import register_applicant
from support.requests import NOW

pytestmark = pytest.mark.usefixtures("database")
KIND = Kind.PROFILE_UPDATE
LATER = NOW + timedelta(minutes=1)


async def request(name: str, **values: Any) -> UUID:
    """A request as it stands in the table, whatever it is about."""
    row = Request(
        kind=values.pop("kind", KIND),
        tracking_code=name,
        idempotency_key=name,
        submission={},
        submitted_at=values.pop("submitted_at", NOW),
        status_since=NOW,
        practitioner_id=await somebody(),
        **values,
    )
    async with transaction() as session:
        session.add(row)
    return row.id


async def somebody() -> UUID:
    """A practitioner of whom nothing matters."""
    number = (await register_applicant()).registration_number
    async with transaction() as session:
        person = await find_practitioner(session, number)
        assert person is not None
        return person.id


async def wave(kind: Kind = KIND) -> Wave:
    """The live wave of this kind."""
    async with transaction() as session:
        await open_wave(session, kind, expected=2, now=NOW)
        return next(one for one in await live_waves(session) if one.kind == kind)


async def taken(of: Wave, limit: int = 10) -> list[str]:
    async with transaction() as session:
        found = await take_members(session, of, limit=limit, now=NOW)
        return [one.tracking_code for one in found]


async def row(code: str) -> Request:
    async with transaction() as session:
        query = select(Request).where(col(Request.tracking_code) == code)
        return (await session.exec(query)).one()


async def left(of: Wave, codes: Sequence[str], **waits: Any) -> Wave:
    ids = [(await row(code)).id for code in codes]
    until = {(await row(code)).id: at for code, at in waits.items()}
    async with transaction() as session:
        held = await session.get_one(Wave, of.id)
        await leave_wave(session, held, ids, waits=until, now=LATER)
        return held


WANTING = {
    "new": {},
    "decided": {"status": "approved", "run_state": "waiting", "waits_in": "under_review"},
    "with a run": {
        "status": "approved",
        "run_state": "waiting",
        "waits_in": "under_review",
        "flow_run_id": uuid4(),
    },
    "corrected": {"status": "submitted", "run_state": "waiting", "waits_in": "returned"},
    "in force": {"status": "activated", "run_state": "waiting", "waits_in": "awaiting_activation"},
}
NOT_WANTING = {
    "of another kind": {"kind": Kind.CARD_RENEWAL},
    "carried already": {"run_state": "running", "flow_run_id": uuid4()},
    "at the gate": {"status": "under_review", "run_state": "waiting", "waits_in": "under_review"},
    "returned": {"status": "returned", "run_state": "waiting", "waits_in": "under_review"},
    "in force with a run": {
        "status": "activated",
        "run_state": "waiting",
        "waits_in": "awaiting_activation",
        "flow_run_id": uuid4(),
    },
    "to be shown late": {"status": "under_review", "run_state": "wanted"},
    "replaced": {"run_state": "wanted", "flow_run_id": uuid4()},
    "over": {"status": "withdrawn", "run_state": "settled"},
}


@pytest.mark.parametrize("values", WANTING.values(), ids=WANTING)
async def test_it_takes_what_wants_to_be_carried(values: dict[str, Any]) -> None:
    """And the sweep leaves that to it."""
    await request("R", **values)

    async with transaction() as session:
        assert await crowds(session, most=10) == {KIND: 1}
        left_to_sweep = await runs_to_look_at(session, now=NOW, limit=9, in_waves=[KIND])
    assert left_to_sweep == []
    assert await taken(await wave()) == ["R"]
    assert (await row("R")).run_state == RunState.IN_WAVE


@pytest.mark.parametrize("values", NOT_WANTING.values(), ids=NOT_WANTING)
async def test_it_takes_nothing_else(values: dict[str, Any]) -> None:
    """What waits for people, has a run at work, or has ended."""
    await request("R", **values)

    assert await taken(await wave()) == []


async def test_it_takes_nobody_who_is_set_aside() -> None:
    """One that fails is tried by itself."""
    id_ = await request("R")
    async with transaction() as session:
        await note_setback(session, id_, Work.RUN, reason="x", detail=None, now=NOW)

    assert await taken(await wave()) == []


async def test_who_is_waited_for_comes_first() -> None:
    """Then those that somebody has moved, then the oldest."""
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    await request("file-late", in_bulk=True, submitted_at=late)
    await request("file-early", in_bulk=True, submitted_at=early)
    await request("file-decided", in_bulk=True, **WANTING["decided"])
    await request("alone")

    order = [(await taken(held := await wave(), 1))[0]]
    for _ in range(3):
        await left(await finish(held, order[-1]), order[-1:])
        order += await taken(held, 1)

    assert order == ["alone", "file-decided", "file-early", "file-late"]


async def test_who_is_waited_for_is_not_carried_with_a_file() -> None:
    """Neither when it is taken next, nor beside what the wave has in its hands."""
    await request("file-1", in_bulk=True)
    held = await wave()
    in_hand = await taken(held)
    await request("alone-1")
    await request("file-2", in_bulk=True)
    async with transaction() as session:
        beside = await take_waited_for(session, held, limit=10, now=NOW)

    assert (in_hand, [one.tracking_code for one in beside]) == (["file-1"], ["alone-1"])


async def finish(of: Wave, code: str) -> Wave:
    """Put the member where people are waited for."""
    async with transaction() as session:
        member = (await session.exec(select(Request).where(Request.tracking_code == code))).one()
        member.status = Status.UNDER_REVIEW
    return of


async def test_two_who_take_at_once_take_different_ones() -> None:
    """Two workers on one wave, say."""
    for number in range(6):
        await request(f"R{number}")
    held = await wave()
    both = asyncio.Barrier(2)

    async def take() -> list[str]:
        async with transaction() as session:
            await both.wait()
            found = await take_members(session, held, limit=3, now=NOW)
            return [one.tracking_code for one in found]

    await asyncio.gather(take(), take())

    async with transaction() as session:
        states = (await session.exec(select(Request.run_state))).all()
    assert states.count(RunState.IN_WAVE) in {3, 6}


async def test_those_left_wait_where_they_stand() -> None:
    """Counted by their status; at their end they are settled."""
    await request("gate")
    await request("gone")
    held = await wave()
    await taken(held)
    await finish(held, "gate")
    async with transaction() as session:
        gone = (await session.exec(select(Request).where(Request.tracking_code == "gone"))).one()
        gone.status = Status.WITHDRAWN

    held = await left(held, ["gate", "gone"])

    gate, over = await row("gate"), await row("gone")
    assert (gate.run_state, gate.waits_in, gate.wave_id) == ("waiting", "under_review", None)
    assert over.run_state == RunState.SETTLED
    assert held.carried == {"under_review": 1, "withdrawn": 1}


async def test_one_that_wants_more_stays() -> None:
    """It was corrected meanwhile, say; and one that has to wait for something outside leaves."""
    await request("more")
    await request("outside")
    held = await wave()
    await taken(held)

    await left(held, ["more", "outside"], outside=LATER)

    assert await taken(held) == ["more"]
    waits = await row("outside")
    assert (waits.run_state, waits.wake_at) == (RunState.WAITING, LATER)


@pytest.mark.parametrize(
    ("ending", "is_taken_again"), [(WaveEnding.LOST, True), (WaveEnding.CANCELLED, False)]
)
async def test_what_a_wave_held_at_its_end_goes_on(
    ending: WaveEnding, *, is_taken_again: bool
) -> None:
    """In another wave where it was lost; one by one where operations have stopped it."""
    await request("new")
    await request("with a run", **WANTING["with a run"])
    held = await wave()
    await taken(held)

    async with transaction() as session:
        await end_wave(session, held.id, ending, now=NOW)

    states = {code: (await row(code)).run_state for code in ("new", "with a run")}
    assert states == {"new": RunState.WANTED, "with a run": RunState.WAITING}
    assert bool(await taken(await wave())) == is_taken_again
    async with transaction() as session:
        due = await runs_to_look_at(session, now=NOW, limit=9, in_waves=[KIND])
        stopped = await stopped_since(session, NOW - timedelta(hours=1))
    assert (len(due) == 2) != is_taken_again
    assert stopped == (set() if is_taken_again else {KIND})


async def test_one_that_is_let_go_is_taken_by_no_wave_again() -> None:
    """It has a run of its own."""
    id_ = await request("R")
    held = await wave()
    await taken(held)

    async with transaction() as session:
        await release_members(session, held, [id_])

    assert await taken(held) == []


async def test_there_is_one_wave_of_a_kind_at_a_time() -> None:
    """And another kind's beside it."""
    first, again, other = await wave(), await wave(), await wave(Kind.CARD_RENEWAL)

    assert first.id == again.id != other.id


async def test_who_was_moved_by_people_rests_without_a_run() -> None:
    """Where nothing is to be done, none is made; at its end it is settled."""
    waiting = {"run_state": "waiting", "waits_in": "under_review"}
    await request("returned", status="returned", **waiting)
    await request("rejected", status="rejected", **waiting)
    await request("approved", status="approved", **waiting)
    await request("shown", status="rejected", flow_run_id=uuid4(), **waiting)

    async with transaction() as session:
        rested = await rest_without_runs(session, limit=9, now=NOW)
        without = [one.tracking_code for one in await left_without_runs(session, limit=9)]

    assert sorted(rested.values()) == [RunState.SETTLED, RunState.WAITING]
    assert without == ["returned"]
    assert (await row("shown")).waits_in == "under_review"
