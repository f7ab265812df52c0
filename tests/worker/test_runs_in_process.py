"""What becomes of the runs that a worker carries, as operations see it."""

import pytest
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Cancelling, Suspended

from support.worker_pool import Pool


async def test_a_run_is_carried_to_its_end_once(staffed: Pool) -> None:
    """The plain way."""
    run = await staffed.start("quick")

    await staffed.until_state(run, "Completed")

    assert run.words() == ["began"]


async def test_what_a_flow_raises_makes_its_run_failed(staffed: Pool) -> None:
    """By the engine, with the error's own words."""
    run = await staffed.start("fails")

    state = await staffed.until_state(run, "Failed")

    assert "nothing is there" in str(state.message)


@pytest.mark.parametrize(
    ("entrypoint", "told"),
    [
        ("support.no_such_module.flow", "no_such_module"),
        ("support.worker_flows.no_such_flow", "no_such_flow"),
        ("tests/support/worker_flows.py:quick", "FilePathEntrypoint"),
    ],
)
async def test_a_flow_that_cannot_be_loaded_crashes_its_run_and_says_why(
    staffed: Pool, entrypoint: str, told: str
) -> None:
    """What breaks outside a flow is a crash, and the worker lives on."""
    run = await staffed.start_deployed(await staffed.deploy(entrypoint), {})

    state = await staffed.until_state(run, "Crashed")

    assert told in str(state.message)


@pytest.mark.parametrize("asked", [Cancelling(), Cancelled()], ids=["cancelling", "cancelled"])
async def test_a_cancelled_run_stops_in_the_middle_of_an_await_and_hurts_no_other(
    staffed: Pool, asked: State[None]
) -> None:
    """Both by the button (Cancelling) and by force (Cancelled); the flow's hook is called once."""
    stopped, other = await staffed.start("waits"), await staffed.start("waits", seconds=2.5)
    await staffed.until_word(stopped, "began")
    await staffed.until_word(other, "began")

    await staffed.client.set_flow_run_state(stopped.id, asked, force=True)

    await staffed.until_word(stopped, "hook")
    await staffed.until_state(other, "Completed")
    assert (await staffed.until_state(stopped, "Cancelled")).is_cancelled()
    assert stopped.words() == ["began", "hook"]


async def test_a_synchronous_run_is_cancelled_too(staffed: Pool) -> None:
    """Its thread is interrupted."""
    run = await staffed.start("waits_in_a_thread")
    await staffed.until_word(run, "began")

    await staffed.client.set_flow_run_state(run.id, Cancelling())

    await staffed.until_state(run, "Cancelled")
    assert run.words() == ["began", "hook"]


async def test_a_synchronous_run_is_carried_to_its_end(staffed: Pool) -> None:
    """In a thread of its own."""
    run = await staffed.start("waits_in_a_thread", seconds=0.1)

    await staffed.until_state(run, "Completed")

    assert run.words() == ["began", "ended"]


async def test_a_suspended_run_waits_without_a_worker_and_goes_on_when_resumed(
    staffed: Pool,
) -> None:
    """The body runs again from its top; nothing is left waiting in the process."""
    run = await staffed.start("suspends")
    await staffed.until_state(run, "Suspended")

    await staffed.client.resume_flow_run(run.id)

    await staffed.until_state(run, "Completed")
    assert run.words() == ["began", "began", "ended"]


async def test_a_run_that_somebody_else_suspends_leaves_at_its_next_step(staffed: Pool) -> None:
    """One watch for all runs stands in for Prefect's thread in each."""
    run = await staffed.start("steps", seconds=30)
    await staffed.until_word(run, "began")

    await staffed.client.set_flow_run_state(run.id, Suspended(timeout_seconds=3600), force=True)

    await staffed.until_word(run, "left")
    assert (await staffed.state(run)).name == "Suspended"
