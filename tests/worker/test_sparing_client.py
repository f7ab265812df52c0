"""What the engine says at the start of a run, and the server knows, is not said again."""

from typing import Any

import pytest
from prefect import flow
from prefect.client.orchestration import PrefectClient

from support.worker_pool import Pool
from worker.sparing_client import spare


@flow(name="plain", flow_run_name="plain")
def plain() -> None:
    """A flow that Prefect does not try again."""


@flow(name="tried-again", retries=2)
def tried_again() -> None:
    """One that it does."""


async def test_what_is_known_is_not_asked_or_told(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else is: another name, other columns, another run."""
    run = await pool.run(await pool.start("quick"))
    client = spare(pool.client, plain, run)
    calls = await noted(monkeypatch)

    assert await client.read_flow_run(run.id) is run
    await client.set_flow_run_name(run.id, run.name)
    await client.update_flow_run(run.id, flow_version="1", empirical_policy=run.empirical_policy)
    assert calls == []

    await client.set_flow_run_name(run.id, "another")
    await client.update_flow_run(run.id, tags=["seen"])
    again = await pool.run(run)
    assert (again.name, again.tags) == ("another", ["seen"])


async def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls that reach Prefect's own client from now on."""
    calls: list[str] = []
    for name in ("read_flow_run", "set_flow_run_name", "update_flow_run"):
        real = getattr(PrefectClient, name)

        async def seen(self: Any, *args: Any, _real: Any = real, **more: Any) -> Any:
            calls.append(_real.__name__)
            return await _real(self, *args, **more)

        monkeypatch.setattr(PrefectClient, name, seen)
    return calls


async def test_a_flow_that_prefect_tries_again_has_the_real_client(pool: Pool) -> None:
    """The server has to know how often."""
    run = await pool.run(await pool.start("quick"))

    assert spare(pool.client, tried_again, run) is pool.client
