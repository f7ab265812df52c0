"""A work pool under test: deploy flows to it, start runs, wait for what becomes of them."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import FlowRun, State

from stack.processes import Child
from support.patience import Patience

_TESTS = Path(__file__).parent.parent
_DEADLINE_SECONDS = 30.0


@dataclass(frozen=True)
class Started:
    """A run that a test started, and the file that its flow writes to."""

    id: UUID
    notes: Path

    def words(self) -> list[str]:
        """What the flow wrote, in order."""
        return [line.split()[0] for line in self._lines()]

    def time_of(self, word: str) -> float:
        """When it wrote this word."""
        return next(float(line.split()[1]) for line in self._lines() if line.startswith(word))

    def _lines(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []


@dataclass(frozen=True)
class Pool:
    """One work pool of the server under test."""

    client: PrefectClient
    name: str
    folder: Path
    env: dict[str, str]

    async def create(self) -> None:
        """Make it on the server."""
        await self.client.create_work_pool(WorkPoolCreate(name=self.name, type="mumaris-inprocess"))

    async def deploy(self, entrypoint: str) -> UUID:
        """Deploy this entry point as it stands; the server does not look at it."""
        flow_id = await self.client.create_flow_from_name(entrypoint.rsplit(".", 1)[-1])
        return await self.client.create_deployment(
            flow_id=flow_id,
            name=f"{self.name}-{uuid4().hex[:6]}",
            work_pool_name=self.name,
            entrypoint=entrypoint,
        )

    async def start(self, flow: str, **parameters: Any) -> Started:
        """Start a run of one of `support.worker_flows`."""
        return await self.start_deployed(
            await self.deploy(f"support.worker_flows.{flow}"), parameters
        )

    async def start_deployed(self, deployment: UUID, parameters: dict[str, Any]) -> Started:
        """Start a run of a deployment; the flow is given a file for its notes."""
        notes = self.folder / f"{uuid4().hex}.txt"
        run = await self.client.create_flow_run_from_deployment(
            deployment, parameters={"notes": str(notes), **parameters}
        )
        return Started(run.id, notes)

    async def state(self, run: Started) -> State[Any]:
        """The run's state now."""
        state = (await self.run(run)).state
        assert state is not None
        return state

    async def run(self, run: Started) -> FlowRun:
        """The run as the server has it now."""
        return await self.client.read_flow_run(run.id)

    async def until_state(self, run: Started, *names: str) -> State[Any]:
        """The run's state, once it has one of these names."""

        async def has_one() -> bool:
            return (await self.state(run)).name in names

        await until(has_one, f"the run is {' or '.join(names)}")
        return await self.state(run)

    async def until_word(self, run: Started, word: str, *, times: int = 1) -> None:
        """Return once the flow has written the word so many times."""

        async def written() -> bool:
            return run.words().count(word) >= times

        await until(written, f"the flow wrote {word!r} {times} times")

    @contextmanager
    def worker(self, *options: str, **env: str) -> Iterator[Child]:
        """A worker process of this pool, as `prefect worker start` makes it."""
        name = f"worker-{uuid4().hex[:6]}"
        command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", self.name]
        command += ["--type", "mumaris-inprocess", "--name", name, *options]
        child = Child(
            name,
            command,
            log=self.folder / f"{name}.log",
            env={**os.environ, **self.env, "PYTHONPATH": str(_TESTS), **env},
        )
        child.start()
        try:
            child.wait_until_ready(lambda: "started!" in child.log.read_text(), within=300)
            yield child
        finally:
            child.stop(grace=15)


async def until(
    holds: Callable[[], Awaitable[bool]], what: str, seconds: float = _DEADLINE_SECONDS
) -> None:
    """Return once the condition holds; fail with its name after so many seconds."""
    patience = Patience(seconds)
    while not await holds():
        assert not patience.is_at_its_end, f"waited {seconds} s in vain until {what}"
        await asyncio.sleep(0.05)
