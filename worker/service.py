"""A worker at work: its loops, and how it leaves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import anyio
from prefect.client.orchestration import PrefectClient
from prefect.logging import get_logger
from prefect.settings import get_current_settings

from models.bells import DOORBELL, RUN_BELL
from worker.bell import Bell
from worker.caretaker import Household
from worker.doorbell import Doorbell
from worker.patience import Patience
from worker.runs import ActiveRuns
from worker.shutdown import Shutdown
from worker.stopped_runs import find_stopped, tell
from worker.stopping import StopReason, hand_back

#: The fallback for what rings no doorbell: a run resumed by the form in Prefect's UI, a retry that
#: comes due, a schedule. At 2 s a person waits one second on average, and an idle worker costs the
#: server 1.2 % of a core and itself 0.5 % (measured).
_POLL_SECONDS = 2.0
#: Prefect's client would retry a look for a minute, and miss that the server is back.
_LOOK_SECONDS = 10.0
#: How often it is asked which runs were cancelled, and how long a run is carried before it is asked
#: about: claiming it has told that it was not, and most are gone before.
_FIND_STOPPED_SECONDS = 1.0
_RETRY_SYNC_SECONDS = 2.0
#: What runs get to leave, once they were told to; after it they are handed back over their heads.
_LEAVE_SECONDS = 5.0

logger = get_logger(f"mumaris.{__name__}")


def poll_seconds() -> float:
    """Seconds between two looks: PREFECT_WORKER_QUERY_SECONDS where somebody set it, else 2."""
    worker = get_current_settings().worker
    return worker.query_seconds if "query_seconds" in worker.model_fields_set else _POLL_SECONDS


@dataclass(frozen=True)
class Service:
    """What keeps one worker going, from its start until it has left nothing behind."""

    client: PrefectClient
    active: ActiveRuns
    bell: Bell
    shutdown: Shutdown
    #: Asks for scheduled runs and starts them.
    look: Callable[[], Awaitable[object]]
    #: Tells the server that this worker lives; makes the pool where there is none.
    sync: Callable[[], Awaitable[object]]
    sync_seconds: float
    grace_seconds: float
    caretaker: Household | None
    #: The application's database; without one nobody rings.
    database_url: str | None

    async def run(self) -> None:
        """Work until the shutdown is asked for, then let the runs end or hand them back.

        The same when a loop breaks (the server refuses our key) or the task is cancelled.
        """
        async with anyio.create_task_group() as stopped:
            stopped.start_soon(self._keep_finding_stopped)
            try:
                await self._work()
            finally:
                with anyio.CancelScope(shield=True):
                    await self.drain()
                stopped.cancel_scope.cancel()

    async def run_once(self) -> None:
        """Take what is due now, and return when all of it has ended."""
        await self.look()
        await self.active.none_left.wait()

    async def drain(self) -> None:
        """Give the runs their grace, then hand back those that are left."""
        if self.active:
            logger.info("%d runs get %.0f s to end", len(self.active), self.grace_seconds)
            await self._first_of(self.grace_seconds, self.active.none_left, self.shutdown.at_once)
        for run in self.active.snapshot():
            run.ask_to_stop(StopReason.HANDED_BACK)
        await self._first_of(_LEAVE_SECONDS, self.active.none_left)
        await self._hand_back_the_stuck()

    async def _work(self) -> None:
        async with anyio.create_task_group() as loops:
            loops.start_soon(self._keep_looking)
            loops.start_soon(self._keep_in_sync)
            if self.caretaker is not None:
                loops.start_soon(self.caretaker.run)
            if self.database_url:
                loops.start_soon(Doorbell(self.database_url, self._bells()).listen)
            else:
                logger.info("No DATABASE_URL, no doorbell: polling only")
            await self.shutdown.asked.wait()
            if self.caretaker is not None:
                await self.caretaker.finish(within=self.grace_seconds, unless=self.shutdown.at_once)
            loops.cancel_scope.cancel()

    def _bells(self) -> dict[str, Callable[[], None]]:
        bells: dict[str, Callable[[], None]] = {RUN_BELL: self.bell.ring}
        if self.caretaker is not None:
            bells[DOORBELL] = self.caretaker.ring
        return bells

    async def _keep_looking(self) -> None:
        patience = Patience()
        while True:
            await patience.attempt(self._look)
            await self.bell.wait(poll_seconds())

    async def _look(self) -> None:
        async with asyncio.timeout(_LOOK_SECONDS):
            await self.look()

    async def _keep_in_sync(self) -> None:
        patience = Patience()
        while True:
            reached = await patience.attempt(self.sync)
            await asyncio.sleep(self.sync_seconds if reached else _RETRY_SYNC_SECONDS)

    async def _keep_finding_stopped(self) -> None:
        patience = Patience()
        while True:
            await asyncio.sleep(_FIND_STOPPED_SECONDS)
            if self.active:
                await patience.attempt(self._find_stopped)

    async def _find_stopped(self) -> None:
        runs = {run.id: run for run in self.active.carried_for(_FIND_STOPPED_SECONDS)}
        if not runs:
            return
        for found in await find_stopped(self.client, runs):
            # What was seen may be old: an attempt that came since has nothing to do with it.
            if self.active.has(runs[found.id]):
                tell(runs[found.id], found)

    async def _first_of(self, seconds: float, *events: asyncio.Event) -> None:
        waiting = {asyncio.create_task(event.wait()) for event in events}
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _hand_back_the_stuck(self) -> None:
        for run in self.active.snapshot():
            logger.warning("Run %s does not stop; it is handed back as it is", run.id)
            if run.claimed:
                await Patience().attempt(partial(self._hand_back, run.id))

    async def _hand_back(self, flow_run_id: UUID) -> None:
        async with asyncio.timeout(_LEAVE_SECONDS):
            await hand_back(self.client, flow_run_id)
