"""A worker as a process: how it shares work, hears the bell, keeps house, and leaves."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psycopg
import pytest
from prefect.states import Cancelled

from stack.prefect_server import PrefectServer
from stack.processes import Child, ChildDied
from support.worker_pool import Pool, until

_FAST = {"PREFECT_WORKER_QUERY_SECONDS": "0.2"}
_NEVER = {"PREFECT_WORKER_QUERY_SECONDS": "600"}


async def test_two_workers_of_a_pool_never_run_the_same_run_twice(pool: Pool) -> None:
    """Both see all of a burst; each run begins once."""
    deployment = await pool.deploy("support.worker_flows.quick")
    runs = [await pool.start_deployed(deployment, {}) for _ in range(20)]

    with pool.worker(**_FAST), pool.worker(**_FAST):
        for run in runs:
            await pool.until_state(run, "Completed")

    assert [run.words() for run in runs] == [["began"]] * 20
    assert {1} == {(await pool.run(run)).run_count for run in runs}


async def test_a_limited_worker_takes_the_next_run_when_one_has_ended(pool: Pool) -> None:
    """Never more at once than the limit, and no waiting for the next look between them."""
    deployment = await pool.deploy("support.worker_flows.waits")
    first = await pool.start_deployed(deployment, {"seconds": 0.5})
    second = await pool.start_deployed(deployment, {"seconds": 0.5})

    with pool.worker("--limit", "1", **_NEVER):
        await pool.until_state(first, "Completed")
        await pool.until_state(second, "Completed")

    early, late = sorted((first, second), key=lambda run: run.time_of("began"))
    assert early.time_of("ended") <= late.time_of("began")


async def test_a_worker_that_is_told_to_go_lets_short_runs_end_and_hands_back_long_ones(
    pool: Pool,
) -> None:
    """Nothing is left Running, and the next worker takes what was handed back."""
    short, long = await pool.start("waits", seconds=0.5), await pool.start("waits", seconds=5)
    with pool.worker(**_FAST, MUMARIS_WORKER_GRACE_SECONDS="2.5") as worker:
        await pool.until_word(short, "began")
        await pool.until_word(long, "began")
        worker.stop(grace=15)

    assert (await pool.state(short)).name == "Completed"
    assert (await pool.state(long)).name == "AwaitingRetry"
    assert long.words() == ["began"]
    assert worker.exit_code == 0
    with pool.worker(**_FAST):
        await pool.until_state(long, "Completed")
    assert long.words() == ["began", "began", "ended"]


async def test_a_worker_that_is_told_twice_goes_at_once(pool: Pool) -> None:
    """The second signal ends the grace; a thread is left behind, its run is not."""
    run, threaded = await pool.start("waits"), await pool.start("waits_in_a_thread")
    with pool.worker(**_FAST, MUMARIS_WORKER_GRACE_SECONDS="60") as worker:
        await pool.until_word(run, "began")
        await pool.until_word(threaded, "began")
        _signal_twice(worker)
        await until(_has_ended(worker), "the worker has left", seconds=10)

    assert (await pool.state(run)).name == "AwaitingRetry"
    assert (await pool.state(threaded)).name == "AwaitingRetry"


async def test_a_cancelled_run_stays_cancelled_when_its_worker_goes(pool: Pool) -> None:
    """Handing back never brings a run to life that a person ended."""
    run = await pool.start("waits")
    with pool.worker(**_FAST, MUMARIS_WORKER_GRACE_SECONDS="0") as worker:
        await pool.until_word(run, "began")
        await pool.client.set_flow_run_state(run.id, Cancelled(), force=True)
        worker.stop(grace=15)

    assert (await pool.state(run)).name == "Cancelled"


async def test_a_worker_outlives_prefects_server_and_carries_again_what_it_lost(
    pool: Pool, prefect_server: PrefectServer
) -> None:
    """Prefect's client would try again for a minute; this is what happens after that."""
    deployment = await pool.deploy("support.worker_flows.waits")
    with pool.worker(**_FAST, PREFECT_CLIENT_MAX_RETRIES="0") as worker:
        caught = await pool.start_deployed(deployment, {"seconds": 1})
        await pool.until_word(caught, "began")
        await asyncio.to_thread(prefect_server.stop)
        await until(_says(worker, f"Run {caught.id} lost Prefect's server"), "the run is lost")
        await asyncio.to_thread(prefect_server.start)

        await pool.until_state(caught, "Completed")

    assert caught.words() == ["began", "ended", "began", "ended"]


async def test_a_ring_makes_the_worker_look_at_once(pool: Pool, database: str) -> None:
    """Without waiting for its next look, which is ten minutes away here."""
    with pool.worker(**_NEVER, DATABASE_URL=database) as worker:
        await until(_says(worker, "doorbell is connected"), "the doorbell is connected")
        run = await pool.start("quick")
        rung = time.time()
        async with await psycopg.AsyncConnection.connect(database, autocommit=True) as session:
            await session.execute("NOTIFY mumaris_runs, 'whatever'")
        await pool.until_state(run, "Completed")

    assert run.time_of("began") - rung < 5


async def test_a_worker_keeps_house(pool: Pool, tmp_path: Path) -> None:
    """By the job that its environment names, at its start and then every so often."""
    notes = tmp_path / "house.txt"
    with pool.worker(
        **_NEVER,
        MUMARIS_CARETAKER="support.worker_flows:keep_house",
        MUMARIS_CARETAKER_SECONDS="0.2",
        TEST_NOTES=str(notes),
    ):

        async def swept_thrice() -> bool:
            return notes.exists() and notes.read_text().count("swept") >= 3

        await until(swept_thrice, "the house was swept three times")


async def test_a_worker_whose_caretaker_is_missing_does_not_start(pool: Pool) -> None:
    """A worker without house-keeping would look well and repair nothing."""
    with (
        pytest.raises(ChildDied, match="no_such_module"),
        pool.worker(MUMARIS_CARETAKER="support.no_such_module:job"),
    ):
        pass


async def test_a_normal_suspension_is_no_error_in_the_log(pool: Pool) -> None:
    """Operations look at every ERROR."""
    run = await pool.start("suspends")
    with pool.worker(**_FAST) as worker:
        await pool.until_state(run, "Suspended")
        await until(_says(worker, "Finished in state Suspended"), "the engine tells of the end")

    log = worker.log.read_text()
    assert "ERROR" not in log
    assert "Traceback" not in log


def _signal_twice(worker: Child) -> None:
    os.kill(worker.pid, signal.SIGTERM)
    time.sleep(0.5)  # two signals at the same moment are one
    os.kill(worker.pid, signal.SIGTERM)


def _says(worker: Child, words: str) -> Callable[[], Awaitable[bool]]:
    async def says() -> bool:
        return words in worker.log.read_text()

    return says


def _has_ended(worker: Child) -> Callable[[], Awaitable[bool]]:
    async def has_ended() -> bool:
        return not worker.is_running()

    return has_ended
