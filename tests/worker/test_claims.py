"""Taking a run, against the real server."""

import time

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Completed, Running, Suspended

from support.worker_pool import Pool
from worker.claims import claim


async def test_a_scheduled_run_is_claimed_by_one(pool: Pool) -> None:
    """The second who asks is refused."""
    run = await pool.run(await pool.start("quick"))

    claims = [await claim(pool.client, run), await claim(pool.client, run)]

    assert claims == [True, False]


@pytest.mark.parametrize(
    "reached", [Completed(), Suspended(timeout_seconds=3600)], ids=["completed", "suspended"]
)
async def test_a_look_that_is_too_old_does_not_run_a_run_again(
    pool: Pool, reached: State[None]
) -> None:
    """Prefect would let it: to its server this is somebody who tries a finished run again."""
    started = await pool.start("quick")
    seen = await pool.run(started)
    await claim(pool.client, seen)
    await pool.client.set_flow_run_state(started.id, Running())
    await pool.client.set_flow_run_state(started.id, reached, force=True)

    claimed = await claim(pool.client, seen)

    assert claimed is False
    assert (await pool.state(started)).name == reached.name


async def test_a_run_that_was_deleted_is_not_claimed(pool: Pool) -> None:
    """It is nobody's business any more."""
    started = await pool.start("quick")
    seen = await pool.run(started)
    await pool.client.delete_flow_run(started.id)

    assert await claim(pool.client, seen) is False


async def test_a_claimed_run_says_whose_it_is(pool: Pool) -> None:
    """Operations read it on its state."""
    run = await pool.run(await pool.start("quick"))

    await claim(pool.client, run, worker="ward-1")

    assert (await pool.state(run)).message == "Taken by worker ward-1"


async def test_a_request_s_run_is_claimed_without_another_look(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row knows what is left to do; one that suspended itself Prefect's server refuses."""
    deployment = await pool.deploy("support.worker_flows.quick")
    seen = await pool.run(await pool.start_deployed(deployment, {"tracking_code": "K7Q2-M9XD"}))

    async def looked(*_: object) -> None:
        raise AssertionError("Prefect was asked for the run that it has just given")

    monkeypatch.setattr(pool.client, "read_flow_run", looked)
    first = await claim(pool.client, seen)
    waits: State[None] = Suspended(timeout_seconds=3600)
    await pool.client.set_flow_run_state(seen.id, waits, force=True)

    assert (first, await claim(pool.client, seen)) == (True, False)


async def test_a_look_of_this_moment_need_not_be_checked(pool: Pool) -> None:
    """Nobody can have carried the run to its end since; a run that is Pending is refused anyway."""
    run = await pool.run(await pool.start("quick"))

    claims = [await claim(pool.client, run, seen_at=time.monotonic()) for _ in range(2)]

    assert claims == [True, False]
