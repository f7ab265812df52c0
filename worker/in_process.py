"""The Prefect worker type `mumaris-inprocess`."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any
from uuid import UUID

import anyio.abc
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import Flow as APIFlow
from prefect.client.schemas.objects import FlowRun, WorkPool
from prefect.client.schemas.responses import DeploymentResponse, WorkerFlowRunResponse
from prefect.context import AsyncClientContext, SyncClientContext
from prefect.exceptions import Abort, Pause
from prefect.workers.base import (
    BaseJobConfiguration,
    BaseVariables,
    BaseWorker,
    BaseWorkerResult,
)
from pydantic import PrivateAttr

from models.schema import check_schema_at_start
from worker.bell import Bell
from worker.caretaker import Household, load_jobs
from worker.claims import claim
from worker.deployments import Deployments
from worker.engine import leave_sigterm_alone, run_flow
from worker.entrypoints import FlowLibrary
from worker.logs import calm_the_engine
from worker.patience import Patience, is_outage
from worker.runs import ActiveRun, ActiveRuns
from worker.service import Service, poll_seconds
from worker.settings import WorkerSettings
from worker.shutdown import Shutdown
from worker.stopping import RunStopped, StopReason, end_cancelled, hand_back, report_crash

Ending = Callable[[PrefectClient, UUID], Awaitable[None]]


class InProcessJobConfiguration(BaseJobConfiguration):
    """What a run needs: its deployment's entry point.

    The job variables that Prefect offers for every pool (environment, command) have no effect: the
    process is there already, with the environment that its operator gave it.
    """

    _entrypoint: str | None = PrivateAttr(default=None)

    @property
    def entrypoint(self) -> str | None:
        """The flow's module path, once the configuration is prepared."""
        return self._entrypoint

    def prepare_for_flow_run(
        self,
        flow_run: FlowRun,
        deployment: DeploymentResponse | None = None,
        flow: APIFlow | None = None,
        work_pool: WorkPool | None = None,  # noqa: ARG002 - Prefect's signature
        worker_name: str | None = None,  # noqa: ARG002 - Prefect's signature
        worker_id: UUID | None = None,  # noqa: ARG002 - Prefect's signature
    ) -> None:
        """Take from the deployment what this worker needs, and build no environment."""
        self._related_objects = {"deployment": deployment, "flow": flow, "flow-run": flow_run}
        self._entrypoint = deployment.entrypoint if deployment else None


class InProcessWorkerResult(BaseWorkerResult):
    """That the run was carried to where it could go; its state says where that is."""


class InProcessWorker(BaseWorker[InProcessJobConfiguration, BaseVariables, InProcessWorkerResult]):
    """Runs flows inside its own process, all in one event loop.

    A run is claimed once among all workers of a pool, stops alone when it is cancelled, ends
    Crashed with a message when something outside its flow breaks, and is handed back
    (AwaitingRetry) when this worker is told to go or loses Prefect's server. A worker that is
    *killed* (kill -9, no memory) can tell nobody: its runs stay Pending or Running until the sweep
    finds them.

    Flows must be module-path entry points. Synchronous ones run in a thread each; one that blocks
    the loop blocks all. Deployments' pull steps, job variables and result storage are not used.
    """

    type = "mumaris-inprocess"
    job_configuration = InProcessJobConfiguration
    job_configuration_variables = BaseVariables

    _display_name = "Mumaris, in process"
    _description = "Runs Mumaris flows warm, inside the worker's process; no start-up for each run."

    def __init__(
        self,
        work_pool_name: str,
        work_queues: list[str] | None = None,
        name: str | None = None,
        prefetch_seconds: float | None = None,  # noqa: ARG002 - see below
        create_pool_if_not_found: bool = True,
        limit: int | None = None,
        heartbeat_interval_seconds: int | None = None,
        *,
        base_job_template: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(
            work_pool_name=work_pool_name,
            work_queues=work_queues,
            name=name,
            # Always: a run fetched before its time would sit on a slot until then. The command
            # line fills in 10 s when nobody asked, so a wish cannot be told from the default.
            prefetch_seconds=0,
            create_pool_if_not_found=create_pool_if_not_found,
            limit=limit,
            heartbeat_interval_seconds=heartbeat_interval_seconds,
            base_job_template=base_job_template,
        )
        self.active = ActiveRuns()
        self.bell = Bell()
        self.shutdown = Shutdown()
        self._library = FlowLibrary()
        self._left_waiting = False
        self._looked_at = 0.0
        self._deployments = Deployments()

    async def start(
        self,
        run_once: bool = False,
        with_healthcheck: bool = False,
        printer: Callable[..., None] = print,
    ) -> None:
        """Work until SIGTERM or SIGINT; with `run_once`, until what is due now has ended.

        Raises `CaretakerNotFound` when the environment names a job that is not there, and
        `SchemaMismatch` where the database was migrated for another version.
        """
        settings = WorkerSettings()
        if settings.database_url:
            await check_schema_at_start()
        caretaker = _caretaker(settings)
        with self._healthcheck(with_healthcheck), self.shutdown.on_signals():
            async with self:
                service = self._service(settings, caretaker)
                self._started_event = await self._emit_worker_started_event()
                printer(f"Worker {self.name!r} started!")
                await (service.run_once() if run_once else service.run())
                self._abandon_the_stuck()
        printer(f"Worker {self.name!r} stopped!")

    def _service(self, settings: WorkerSettings, caretaker: Household | None) -> Service:
        return Service(
            client=self.client,
            active=self.active,
            bell=self.bell,
            shutdown=self.shutdown,
            look=self._look,
            sync=self._sync_and_initialize,
            sync_seconds=self.heartbeat_interval_seconds,
            grace_seconds=settings.grace_seconds,
            caretaker=caretaker,
            database_url=settings.database_url,
        )

    def _healthcheck(self, wanted: bool) -> AbstractContextManager[None]:
        if not wanted:
            return nullcontext()
        from prefect.workers.server import (  # noqa: PLC0415 - a web server, for those who ask
            _run_healthcheck_server,
        )

        return _run_healthcheck_server(lambda: self.is_worker_still_polling(poll_seconds()))

    def _abandon_the_stuck(self) -> None:
        """Leave those that do not stop; they were handed back, and the process ends."""
        if self._runs_task_group is not None and self.active:
            self._runs_task_group.cancel_scope.cancel()

    async def setup(self) -> None:
        """Prepare the process: one client for all runs, and no run that takes over its signals.

        Building a client means building TLS contexts, 100 ms of CPU; Prefect would do it per run.
        """
        leave_sigterm_alone()
        calm_the_engine()
        await self._exit_stack.enter_async_context(AsyncClientContext())
        self._exit_stack.enter_context(SyncClientContext())
        await super().setup()

    async def run(
        self,
        flow_run: FlowRun,
        configuration: InProcessJobConfiguration,
        task_status: anyio.abc.TaskStatus[int] | None = None,
    ) -> InProcessWorkerResult:
        """Carry the run to its end, suspension or stop; raises what happened outside its flow."""
        if task_status is not None:
            task_status.started(os.getpid())
        flow = await self._library.load(configuration.entrypoint)
        active = self.active.add(flow_run.id)
        state = await run_flow(flow, flow_run, active.stop)
        if state is not None and state.is_cancelling():
            active.stop.reason = StopReason.CANCELLED
        return InProcessWorkerResult(identifier=str(flow_run.id), status_code=0)

    async def _look(self) -> None:
        self._looked_at = time.monotonic()
        await self.get_and_submit_flow_runs()

    async def _submit_scheduled_flow_runs(
        self, flow_run_response: list[WorkerFlowRunResponse]
    ) -> list[FlowRun]:
        before = set(self._submitting_flow_run_ids)
        submitted = await super()._submit_scheduled_flow_runs(flow_run_response)
        taken = self._submitting_flow_run_ids - before
        for flow_run_id in taken:
            self.active.add(flow_run_id)
        # No slot was free, or a run that leaves is back already (suspended and resumed at once).
        self._left_waiting = len(taken) < len(flow_run_response)
        return submitted

    async def _submit_run(self, flow_run: FlowRun) -> None:
        """Prefect's, in fewer requests: claim, run, and tell the server what it cannot know."""
        run = self.active.add(flow_run.id)
        try:
            ending = await self._ending_of(flow_run, run)
            if run.claimed and ending is not None:
                await Patience().insist(partial(ending, self.client, run.id))
        finally:
            self.active.remove(run)
            self._submitting_flow_run_ids.discard(run.id)
            self._release_limit_slot(run.id)
            if self._left_waiting:
                self.bell.ring()

    async def _ending_of(self, flow_run: FlowRun, run: ActiveRun) -> Ending | None:
        """Carry the run; returns what is left to be told to the server about it."""
        try:
            await self._carry(flow_run, run)
        except (Pause, Abort, RunStopped) as signal:
            self._logger.debug("Run %s left by %s", run.id, type(signal).__name__)
        except Exception as error:  # noqa: BLE001 - it is told to the server, whatever it is
            if run.stop.reason is None:
                return self._ending_after(error, flow_run)
        match run.stop.reason:
            case StopReason.CANCELLED:
                return end_cancelled
            case StopReason.HANDED_BACK:
                return hand_back
            case None:
                return None

    async def _carry(self, flow_run: FlowRun, run: ActiveRun) -> None:
        reading = asyncio.create_task(
            self._deployments.of(flow_run, self.client)
        )  # while it is being claimed
        try:
            run.claimed = await claim(
                self.client, flow_run, worker=self.name, seen_at=self._looked_at
            )
            if run.claimed:
                await run.carry(self._run_deployed(flow_run, reading))
        finally:
            reading.cancel()

    async def _run_deployed(
        self, flow_run: FlowRun, reading: Awaitable[DeploymentResponse | Exception | None]
    ) -> None:
        deployment = await reading
        if isinstance(deployment, Exception):
            raise deployment
        configuration = InProcessJobConfiguration()
        configuration.prepare_for_flow_run(flow_run, deployment)
        await self.run(flow_run, configuration)

    def _ending_after(self, error: Exception, flow_run: FlowRun) -> Ending:
        """What becomes of a run when something outside its flow broke."""
        if is_outage(error):
            self._logger.warning("Run %s lost Prefect's server", flow_run.id)
            return hand_back
        message = f"The worker could not run it: {type(error).__name__}: {error}"
        self.get_flow_run_logger(flow_run).error(message, exc_info=error)
        return partial(report_crash, message=message)


def _caretaker(settings: WorkerSettings) -> Household | None:
    if not settings.caretaker:
        return None
    return Household(load_jobs(settings.caretaker), settings.caretaker_seconds)
