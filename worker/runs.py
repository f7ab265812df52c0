"""The runs that a worker is carrying at the moment."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

from worker.stopping import Stop, StopReason

T = TypeVar("T")

#: A run that swallowed its cancellation is cancelled again after so many seconds.
_INSIST_SECONDS = 10.0


class ActiveRun:
    """One run and the task that carries it; stopping it touches no other."""

    def __init__(self, flow_run_id: UUID) -> None:
        self.id = flow_run_id
        self.stop = Stop()
        self.claimed = False
        self._since = time.monotonic()
        self._task: asyncio.Task[Any] | None = None

    def is_carried_for(self, seconds: float) -> bool:
        """Whether it has been this worker's for so long."""
        return self.claimed and time.monotonic() - self._since >= seconds

    async def carry(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Do the work in a task of its own, and raise what it raises.

        None when the run was asked to stop before or meanwhile, and stopped at an await.
        """
        if self.stop.reason is not None:
            work.close()
            return None
        task = self._task = asyncio.create_task(work)
        try:
            # Not awaited itself: its cancellation would be taken for one of the worker.
            await asyncio.wait({task})
        finally:
            task.cancel()
        return None if task.cancelled() else task.result()

    def ask_to_stop(self, reason: StopReason) -> None:
        """Stop at the next await, for the first reason given; repeating changes nothing."""
        if self.stop.reason is None:
            self.stop.reason = reason
            self._insist()

    def _insist(self) -> None:
        if self._task is not None and not self._task.done():
            self._task.cancel()
            asyncio.get_running_loop().call_later(_INSIST_SECONDS, self._insist)


class ActiveRuns:
    """All of them, by id."""

    def __init__(self) -> None:
        self._runs: dict[UUID, ActiveRun] = {}
        self.none_left = asyncio.Event()
        self.none_left.set()

    def __len__(self) -> int:
        return len(self._runs)

    def add(self, flow_run_id: UUID) -> ActiveRun:
        """Count a run in; one that is counted already is given back."""
        self.none_left.clear()
        return self._runs.setdefault(flow_run_id, ActiveRun(flow_run_id))

    def remove(self, run: ActiveRun) -> None:
        """Count it out."""
        del self._runs[run.id]
        if not self._runs:
            self.none_left.set()

    def snapshot(self) -> list[ActiveRun]:
        """Those of this moment."""
        return list(self._runs.values())

    def carried_for(self, seconds: float) -> list[ActiveRun]:
        """Those that this worker has claimed, and has had for so long."""
        return [run for run in self._runs.values() if run.is_carried_for(seconds)]

    def has(self, run: ActiveRun) -> bool:
        """Whether it is this very run that is carried, not a later attempt with the same id."""
        return self._runs.get(run.id) is run
