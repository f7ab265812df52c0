"""A wave: one run that carries many requests through the same steps."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col, select

import flows.wave
from desk.requests.withdrawal import withdraw
from flows.profile_update import profile_update_wave
from models.database import transaction
from models.door import APPLICANT
from models.letters import Letter
from models.requests import Request
from models.run_states import RunState
from models.setbacks import Setback
from models.waves import Wave, WaveEnding
from rules.requests.reference_number import parse_reference
from rules.requests.statuses import Status
from support.flow_runs import artifacts_of, name_of
from support.policies import policy_with
from support.requests import NOW
from support.waves import opened_wave, rows, submitted, told, wave_now, wave_of_a_file
from tasks.retrying import DatabaseAway
from tasks.steps import validation
from tasks.waves.members import Chunk, take_step

# Prefect leaves the sockets of its clients to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.usefixtures("database", "prefect_api"),
]
SIX = 6


async def test_it_carries_all_of_them_as_far_as_they_go() -> None:
    """As single runs would: the same history, references without a gap, the same e-mails owed."""
    codes = await submitted(SIX)
    wave = await opened_wave()

    await profile_update_wave(wave.id, return_state=True)

    found = await rows(codes)
    assert {row.status for row in found} == {Status.AWAITING_ACTIVATION}
    numbers = sorted(parse_reference(str(row.reference_number)).sequence for row in found)
    assert numbers == list(range(numbers[0], numbers[0] + SIX))
    for row in found:
        assert [event.what for event in await told(row)] == [
            Status.SUBMITTED,
            Status.APPROVED,
            "reference_issued",
            Status.AWAITING_ACTIVATION,
        ]
        assert await owed(row) == ["activation", "received"]


async def owed(row: Request) -> list[str]:
    async with transaction() as session:
        query = select(Letter.letter).where(Letter.request_id == row.id).order_by(Letter.letter)
        return list((await session.exec(query)).all())


async def test_a_file_s_chunks_are_as_large_as_their_steps_allow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is of the size that the one before it has taught."""
    wave, codes = await wave_of_a_file(SIX)
    learnt: list[tuple[int, int]] = []

    def one_more(size: int, carried: int, longest: float) -> int:
        learnt.append((size, carried))
        assert longest > 0
        return size + 1

    monkeypatch.setattr(flows.wave, "FIRST", 1)
    monkeypatch.setattr(flows.wave, "next_size", one_more)
    await profile_update_wave(wave.id, return_state=True)

    assert learnt == [(1, 1), (2, 2), (3, 3)]
    assert {row.status for row in await rows(codes)} == {Status.AWAITING_ACTIVATION}


async def test_who_comes_alone_goes_ahead_of_a_file_at_every_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two of them, each while another step is taken with the file's rows."""
    wave, file = await wave_of_a_file(SIX)
    taken: list[list[str]] = []
    alone: list[str] = []

    async def noted(wave: Wave, chunk: Chunk, due: list[UUID], take: Any) -> None:
        codes = {member.id: member.tracking_code for member in chunk.members}
        taken.append([codes[id_] for id_ in due])
        if len(due) == SIX and len(alone) < 2:
            alone.extend(await submitted(1))
        await take_step(wave, chunk, due, take)

    monkeypatch.setattr(flows.wave, "take_step", noted)
    await profile_update_wave(wave.id, return_state=True)

    first, second = [alone[0]], [alone[1]]
    of_file = [each for each in taken if len(each) == SIX]
    assert taken == [of_file[0], *[first] * 3, of_file[1], *[second] * 3, of_file[2]]
    assert {row.status for row in await rows(file + alone)} == {Status.AWAITING_ACTIVATION}


async def test_those_it_has_carried_wait_and_have_no_run() -> None:
    """Whoever moves one of them has it carried on."""
    codes = await submitted(2)
    wave = await opened_wave()

    await profile_update_wave(wave.id, return_state=True)

    for row in await rows(codes):
        assert (row.run_state, row.waits_in) == (RunState.WAITING, Status.AWAITING_ACTIVATION)
        assert (row.flow_run_id, row.wave_id) == (None, None)
    assert (await wave_now(wave.id)).ending == WaveEnding.CARRIED


async def test_prefect_shows_how_many_and_where_they_stand() -> None:
    """A name, a bar that is full, a table by outcome, a last state; and nobody's code."""
    await submitted(SIX)
    wave = await opened_wave()

    state = await profile_update_wave(wave.id, return_state=True)

    assert await name_of(state) == "profile-update wave: 6 requests"
    assert (state.name, state.message) == ("Carried", "6 carried: 6 awaiting activation")
    [table] = await artifacts_of(state, f"wave-{wave.id}")
    [bar] = await artifacts_of(state, f"wave-{wave.id}-progress")
    assert '"requests": 6' in table.data
    assert bar.data == 100


async def test_one_that_breaks_goes_on_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others are carried; it is set aside, and no wave takes it again."""
    codes = await submitted(SIX)
    poison = codes[2]
    await set_submission(poison, {"registration_number": "no shape"})
    wave = await opened_wave()

    state = await profile_update_wave(wave.id, return_state=True)

    [broken] = await rows([poison])
    others = await rows([code for code in codes if code != poison])
    assert {row.status for row in others} == {Status.AWAITING_ACTIVATION}
    assert (broken.status, broken.run_state) == (Status.SUBMITTED, RunState.WANTED)
    assert broken.wave_id == wave.id
    async with transaction() as session:
        [setback] = (await session.exec(select(Setback))).all()
    assert setback.request_id == broken.id
    assert state.message == "5 carried: 5 awaiting activation"


async def test_an_outage_is_no_fault_of_those_that_it_met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is set aside for a database that was away too long for a step: the run fails."""
    codes = await submitted(2)
    wave = await opened_wave()

    async def away(*_: Any) -> Any:
        raise DatabaseAway

    monkeypatch.setattr(flows.wave, "_together", lambda _: away)
    state = await profile_update_wave(wave.id, return_state=True)

    assert state.is_failed()
    async with transaction() as session:
        assert (await session.exec(select(Setback))).all() == []
    assert {row.run_state for row in await rows(codes)} == {RunState.IN_WAVE}


async def set_submission(code: str, submission: dict[str, Any]) -> None:
    async with transaction() as session:
        await session.exec(
            update(Request).where(col(Request.tracking_code) == code).values(submission=submission)
        )


async def test_one_that_is_withdrawn_meanwhile_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its applicant takes it back while the others are validated."""
    codes = await submitted(2)
    wave = await opened_wave()

    async def meanwhile(*args: Any, **more: Any) -> Any:
        monkeypatch.undo()
        await withdraw(codes[0], by=APPLICANT, now=NOW)
        return await asked(*args, **more)

    asked = validation.lock_requests
    monkeypatch.setattr(validation, "lock_requests", meanwhile)
    await profile_update_wave(wave.id, return_state=True)

    gone, other = await rows(codes)
    assert (gone.status, gone.run_state) == (Status.WITHDRAWN, RunState.SETTLED)
    assert other.status == Status.AWAITING_ACTIVATION
    assert [event.what for event in await told(gone)] == [Status.SUBMITTED, Status.WITHDRAWN]


@pytest.mark.parametrize("which", ["unknown", "another run's", "over"])
async def test_a_run_that_may_not_carry_the_wave_leaves_it_alone(which: str) -> None:
    """One that somebody started by hand, say."""
    codes = await submitted(2)
    wave = await opened_wave()
    id_ = uuid4() if which == "unknown" else wave.id
    async with transaction() as session:
        row = await session.get_one(type(wave), wave.id)
        row.flow_run_id = uuid4() if which == "another run's" else None
        row.ended_at = NOW if which == "over" else None

    state = await profile_update_wave(id_, return_state=True)

    assert state.name == "Over"
    assert {row.status for row in await rows(codes)} == {Status.SUBMITTED}


async def test_it_goes_on_where_it_was_interrupted() -> None:
    """The members of its last chunk come first."""
    codes = await submitted(2)
    wave = await opened_wave()
    async with transaction() as session:
        await session.exec(
            update(Request)
            .where(col(Request.tracking_code) == codes[0])
            .values(run_state=RunState.IN_WAVE, wave_id=wave.id)
        )

    await profile_update_wave(wave.id, return_state=True)

    assert {row.status for row in await rows(codes)} == {Status.AWAITING_ACTIVATION}


@pytest.mark.parametrize(("rate", "are_told"), [(0, True), (2, False)])
async def test_where_nobody_is_shown_by_itself_the_wave_has_told_it_all(
    tmp_path: Path, rate: int, *, are_told: bool
) -> None:
    """Else each request's own run tells its history to Prefect, later."""
    [code] = await submitted(1)
    wave = await opened_wave()
    with policy_with(tmp_path, ("own_runs_per_second = 2", f"own_runs_per_second = {rate}")):
        await profile_update_wave(wave.id, return_state=True)

    [row] = await rows([code])
    assert {event.announced_at is not None for event in await told(row)} == {are_told}
