"""What becomes of a wave's requests afterwards, and of a wave that does not come to its end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import FlowRun
from prefect.states import Cancelled, Running
from sqlalchemy import update
from sqlmodel import col, select

from desk.clock import utc_now
from flows.sweep import Sweep, window_pass
from models.database import transaction
from models.requests import Request
from models.run_states import RunState
from models.waves import Wave, WaveEnding
from rules.requests.statuses import Status
from support.faults import Parts, people_act, until
from support.policies import policy_with
from support.stack import restart
from support.waves import rows, submitted, told, wave_now

pytestmark = pytest.mark.timeout(1200)
IN_WAVES = ("from_requests = 1000000", "from_requests = 2")
#: House-keeping of a worker whose waves have many chunks.
JOBS = "support.small_chunks:sweep_pass,support.small_chunks:post_pass"
SHOWN_AT_ONCE = ("own_runs_per_second = 2", "own_runs_per_second = 50")


@pytest.fixture
async def policy(parts: Parts, tmp_path: Path) -> AsyncIterator[str]:
    """Two are a wave, and those that it left are shown at once; the policy's file."""
    with policy_with(tmp_path, IN_WAVES, SHOWN_AT_ONCE):
        yield str(tmp_path / "policy.toml")


async def look(now_later: timedelta = timedelta(0)) -> None:
    """One whole pass of the sweep, so much later."""
    await Sweep().one_pass(utc_now() + now_later)


async def live_wave() -> Wave:
    async with transaction() as session:
        return (await session.exec(select(Wave).where(col(Wave.ended_at).is_(None)))).one()


async def run_of(client: PrefectClient, wave: Wave) -> FlowRun:
    assert wave.flow_run_id is not None
    return await client.read_flow_run(wave.flow_run_id)


async def test_those_left_waiting_are_shown_and_go_on_in_runs_of_their_own(
    parts: Parts, policy: str
) -> None:
    """Suspended in Prefect; whoever presses the link has theirs carried to its end."""
    codes = await submitted(3)
    with parts.worker(MUMARIS_POLICY=policy):
        await until(lambda: all_at(codes, Status.AWAITING_ACTIVATION), "all wait for their link")
        await until(lambda: have_runs(codes), "all are shown")
        async with get_client() as client:
            for row in await rows(codes):
                assert row.flow_run_id is not None
                run = await client.read_flow_run(row.flow_run_id)
                assert run.state is not None
                assert (run.state.name, run.name) == (
                    "Suspended",
                    f"profile-update {row.tracking_code}",
                )
                assert "stage:awaiting_activation" in run.tags
        await people_act(parts.post, codes[0])
        await until(lambda: settled(codes[:1]), "it is settled")
        assert await parts.window.outcome_of(codes[0]) == "Activated"


async def all_at(codes: list[str], status: Status) -> bool:
    return {row.status for row in await rows(codes)} == {status}


async def have_runs(codes: list[str]) -> bool:
    return all(row.flow_run_id is not None for row in await rows(codes))


@pytest.mark.parametrize("away", ["prefect", "postgresql"])
async def test_a_wave_goes_on_when_a_server_was_away(parts: Parts, policy: str, away: str) -> None:
    """In its middle: every step is taken once, and each e-mail arrives once."""
    codes = await submitted(40)
    with parts.worker(MUMARIS_POLICY=policy, MUMARIS_CARETAKER=JOBS) as worker:
        await until(lambda: some_at(codes, Status.AWAITING_ACTIVATION), "the first are through")
        if away == "prefect":
            await asyncio.to_thread(parts.prefect.stop)
            await asyncio.to_thread(parts.prefect.start)
        else:
            await asyncio.to_thread(restart, parts.postgres)
        await until(lambda: all_at(codes, Status.AWAITING_ACTIVATION), "all are", within=120)
        await until(lambda: letters_of(parts, codes) == 80, "all is sent", within=120)
        assert worker.is_running()
    for row in await rows(codes):
        assert [event.what for event in await told(row) if event.what != "run_restarted"] == [
            Status.SUBMITTED,
            Status.APPROVED,
            "reference_issued",
            Status.AWAITING_ACTIVATION,
        ]
    await end(codes)


async def some_at(codes: list[str], status: Status) -> bool:
    return status in {row.status for row in await rows(codes)}


def letters_of(parts: Parts, codes: list[str]) -> int:
    return sum(len(parts.post.letters(code)) for code in codes)


async def settled(codes: list[str]) -> bool:
    return {row.run_state for row in await rows(codes)} == {RunState.SETTLED}


async def test_a_wave_that_is_cancelled_leaves_its_requests_to_runs_of_their_own(
    parts: Parts, policy: str
) -> None:
    """No other wave takes them for an hour; nobody is withdrawn."""
    codes = await submitted(3)
    await look()
    wave = await live_wave()
    async with get_client() as client:
        assert (await run_of(client, wave)).name == "profile-update wave: 3 requests"
        await client.set_flow_run_state((await run_of(client, wave)).id, Cancelled(), force=True)

        await look()
        await look()

        assert (await wave_now(wave.id)).ending == WaveEnding.CANCELLED
        found = await rows(codes)
    assert {row.status for row in found} == {Status.SUBMITTED}
    assert {row.run_state for row in found} == {RunState.STARTED}
    await end(codes)


async def test_a_wave_that_no_worker_takes_is_given_up(parts: Parts, policy: str) -> None:
    """Its requests wait as others do, each named by what needs a hand."""
    codes = await submitted(2)
    await look()
    wave = await live_wave()

    await look(timedelta(minutes=2))

    async with get_client() as client:
        run = await run_of(client, await wave_now(wave.id))
    assert run.state is not None
    assert (await wave_now(wave.id)).ending == WaveEnding.NOT_TAKEN
    assert run.state.is_crashed()
    await end(codes)


async def test_a_wave_whose_process_died_is_lost_and_another_follows(
    parts: Parts, policy: str
) -> None:
    """What it held is taken by the next one."""
    codes = await submitted(2)
    await look()
    wave = await live_wave()
    async with get_client() as client:
        run = await run_of(client, wave)
        await client.set_flow_run_state(run.id, Running(), force=True)

    await look(timedelta(seconds=30))
    await look()

    lost, next_wave = await wave_now(wave.id), await live_wave()
    assert lost.ending == WaveEnding.LOST
    assert next_wave.id != wave.id
    await end(codes)


async def test_nothing_is_shown_by_itself_where_policy_says_so(
    parts: Parts, tmp_path: Path
) -> None:
    """At a rate of nought there are fewer runs than requests."""
    codes = await submitted(2)
    with policy_with(tmp_path, IN_WAVES, ("own_runs_per_second = 2", "own_runs_per_second = 0")):
        with parts.worker(MUMARIS_POLICY=str(tmp_path / "policy.toml")):
            await until(lambda: all_at(codes, Status.AWAITING_ACTIVATION), "all wait")
            await until(lambda: waiting(codes), "all are left")
        await window_pass()

    assert not await have_runs(codes)
    await end(codes)


async def waiting(codes: list[str]) -> bool:
    return {row.run_state for row in await rows(codes)} == {RunState.WAITING}


async def end(codes: list[str]) -> None:
    """Leave nothing for the next test's sweep, and let its waves begin at once."""
    async with transaction() as session:
        long_ago = utc_now() - timedelta(hours=2)
        await session.exec(update(Wave).values(ended_at=long_ago))
        query = select(Request).where(col(Request.tracking_code).in_(codes))
        for row in (await session.exec(query)).all():
            row.run_state = RunState.SETTLED
