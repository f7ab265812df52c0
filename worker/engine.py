"""Prefect's flow engine, made fit to run many flows in one process.

Prefect's engine expects a process for each run. Three things follow that a shared process cannot
have (prefect/flow_engine.py 3.8.8; docs/decisions/0002-in-process-worker.md):

- every run of a deployment starts a thread with an event loop, a websocket and a client of its own
  that watches for a suspension from outside, and waits for it *blocking the event loop*. Here one
  look after all runs is enough (`worker.stopped_runs`);
- a cancelled task is a crash. Here a run that was asked to stop is not: the worker tells the server
  what becomes of it;
- every run takes over SIGTERM. `leave_sigterm_alone` keeps it the worker's.
"""

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import prefect.flow_engine
from prefect import Flow
from prefect._flow_run_suspension import (
    FlowRunSuspensionRequest,
    register_flow_run_suspension_request,
)
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.flow_engine import AsyncFlowRunEngine, BaseFlowRunEngine, FlowRunEngine
from prefect.results import ResultStore
from prefect.states import AwaitingRetry, Cancelled, Cancelling
from prefect.utilities.callables import get_call_parameters, parameters_to_args_kwargs
from prefect.utilities.engine import capture_sigterm

from worker.patience import lost_server
from worker.sparing_client import spare
from worker.stopping import Stop, StopReason
from worker.threads import run_in_thread

_in_shared_process = ContextVar("in_shared_process", default=False)


async def run_flow(flow: Flow[..., Any], flow_run: FlowRun, stop: Stop) -> State[Any] | None:
    """Carry a run through its flow, an async one in this loop, a synchronous one in a thread.

    Returns the state that the run reached. What the flow raises makes the run Failed and is not
    raised here; what is raised here happened outside the flow. `prefect.exceptions.Pause` is how
    a suspension leaves, `Abort` how the server says that the run is no longer ours, CancelledError
    and `RunStopped` how a run leaves that was asked to stop.
    """
    _in_shared_process.set(True)
    parameters = _parameters(flow, flow_run)
    if flow.isasync:
        return await _run_async(flow, flow_run, parameters, stop)
    return await run_in_thread(lambda: _run_sync(flow, flow_run, parameters, stop))


def leave_sigterm_alone() -> None:
    """Keep the engine's hands off SIGTERM in the runs of this worker; repeating changes nothing.

    The engine's handler raises wherever the main thread happens to be: in a shared process that is
    the event loop itself. Runs that are not ours (a test, a script) keep Prefect's handling.
    """
    vars(prefect.flow_engine)["capture_sigterm"] = _capture_sigterm_unless_shared


def _capture_sigterm_unless_shared() -> AbstractContextManager[None]:
    return nullcontext() if _in_shared_process.get() else capture_sigterm()


def _parameters(flow: Flow[..., Any], flow_run: FlowRun) -> dict[str, Any]:
    """The run's parameters, the flow's defaults added."""
    args, kwargs = parameters_to_args_kwargs(flow.fn, flow_run.parameters)
    return get_call_parameters(flow.fn, args, kwargs)


async def _run_async(
    flow: Flow[..., Any], flow_run: FlowRun, parameters: dict[str, Any], stop: Stop
) -> State[Any] | None:
    engine = _AsyncEngine(flow=flow, flow_run=flow_run, parameters=parameters, stop=stop)
    async with engine.start():
        while engine.is_running():
            async with engine.run_context():
                _ = await engine.call_flow_fn()
    return engine.state


def _run_sync(
    flow: Flow[..., Any], flow_run: FlowRun, parameters: dict[str, Any], stop: Stop
) -> State[Any] | None:
    engine = _SyncEngine(flow=flow, flow_run=flow_run, parameters=parameters, stop=stop)
    with engine.start():
        while engine.is_running():
            with engine.run_context():
                engine.call_flow_fn()
    return engine.state


@contextmanager
def _suspension_request(
    engine: BaseFlowRunEngine[Any, Any],
) -> Generator[FlowRunSuspensionRequest, None, None]:
    """What the engine sets up for suspensions, without its watching thread."""
    request = engine._get_flow_run_suspension_request()  # noqa: SLF001 - the method replaced uses it
    flow_run = _begun(engine)
    with register_flow_run_suspension_request(flow_run.id, request):
        request.raise_if_requested()
        yield request


def _begun(engine: BaseFlowRunEngine[Any, Any]) -> FlowRun:
    if engine.flow_run is None:
        raise ValueError("the engine was given no run")  # the worker always gives one
    return engine.flow_run


def _remember_stop(engine: "_AsyncEngine | _SyncEngine", exc: BaseException) -> State[Any]:
    """Note in the engine, not on the server, what the worker is about to make of the run."""
    cancelled = engine.stop.reason is StopReason.CANCELLED
    state: State[Any] = Cancelled() if cancelled else AwaitingRetry()
    _begun(engine).state = state
    engine._raised = exc  # type: ignore[assignment]  # noqa: SLF001 - where the engine looks for it
    return state


@dataclass
class _AsyncEngine(AsyncFlowRunEngine[Any, Any]):
    stop: Stop = field(default_factory=Stop)

    @property
    def client(self) -> PrefectClient:
        return spare(super().client, self.flow, self.flow_run)

    @contextmanager
    def setup_flow_run_suspension_request(self) -> Generator[FlowRunSuspensionRequest, None, None]:
        with _suspension_request(self) as request:
            yield request

    async def handle_crash(self, exc: BaseException) -> None:
        if self.stop.reason is None:
            await super().handle_crash(exc)
        else:
            await self._end_stopped(exc)

    async def handle_exception(
        self, exc: Exception, msg: str | None = None, result_store: ResultStore | None = None
    ) -> State[Any]:
        if lost_server(exc, self.client.api_url):
            raise exc  # not the flow's failure, even if the server is back to hear of it
        if self.stop.reason is None:
            return await super().handle_exception(exc, msg, result_store)
        return await self._end_stopped(exc)  # what broke, broke because it was stopped

    async def _end_stopped(self, exc: BaseException) -> State[Any]:
        if self.stop.reason is StopReason.CANCELLED:
            await self.call_hooks(Cancelling())
        return _remember_stop(self, exc)


@dataclass
class _SyncEngine(FlowRunEngine[Any, Any]):
    stop: Stop = field(default_factory=Stop)

    @contextmanager
    def setup_flow_run_suspension_request(self) -> Generator[FlowRunSuspensionRequest, None, None]:
        with _suspension_request(self) as request:
            yield request

    def handle_crash(self, exc: BaseException) -> None:
        if self.stop.reason is None:
            super().handle_crash(exc)
        else:
            self._end_stopped(exc)

    def handle_exception(
        self, exc: Exception, msg: str | None = None, result_store: ResultStore | None = None
    ) -> State[Any]:
        if lost_server(exc, self.client.api_url):
            raise exc
        if self.stop.reason is None:
            return super().handle_exception(exc, msg, result_store)
        return self._end_stopped(exc)

    def _end_stopped(self, exc: BaseException) -> State[Any]:
        if self.stop.reason is StopReason.CANCELLED:
            self.call_hooks(Cancelling())
        return _remember_stop(self, exc)
