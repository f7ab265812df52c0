"""Prefect's side of a request: its run is made, woken, restarted and looked at here."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import OrchestrationResult
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Completed, Crashed, Pending, Scheduled, Suspended

from models.requests import Request
from models.waves import Wave
from rules.requests.statuses import Kind
from rules.requests.transitions import FINAL

#: Every run of ours bears it, so that one filter finds them.
OUR_TAG = "mumaris"
#: Borne while the request is open: a cancelled run that bears it is still to be heeded.
OPEN_TAG = "open"
#: Borne while the last answer in the Resume form was not accepted.
REFUSED_TAG = "answer-refused"
#: The most that Prefect's server gives in one answer (PREFECT_SERVER_API_DEFAULT_LIMIT).
PAGE = 200
_MOST_CANCELLED = 1000


class Sighting(StrEnum):
    """What Prefect shows of a run."""

    #: Prefect does not know it (any more).
    GONE = "gone"
    #: Waits for a worker.
    SCHEDULED = "scheduled"
    #: A worker has it.
    AT_WORK = "at_work"
    #: Suspended itself.
    SUSPENDED = "suspended"
    #: Ended with an outcome of ours.
    COMPLETED = "completed"
    #: Ended red: failed or crashed.
    BROKEN = "broken"
    #: Cancelled by operations, or being cancelled.
    CANCELLED = "cancelled"


_SIGHTINGS = {
    StateType.SCHEDULED: Sighting.SCHEDULED,
    StateType.PENDING: Sighting.AT_WORK,
    StateType.RUNNING: Sighting.AT_WORK,
    StateType.PAUSED: Sighting.SUSPENDED,
    StateType.COMPLETED: Sighting.COMPLETED,
    StateType.FAILED: Sighting.BROKEN,
    StateType.CRASHED: Sighting.BROKEN,
    StateType.CANCELLING: Sighting.CANCELLED,
    StateType.CANCELLED: Sighting.CANCELLED,
}


@dataclass(frozen=True)
class RunSeen:
    """A run as Prefect showed it."""

    sighting: Sighting
    #: When it came to that state; None where Prefect does not know the run.
    since: datetime | None = None
    run: FlowRun | None = None


def run_tags(request: Request) -> list[str]:
    """The tags of a request's run: ours, its kind, its stage, and whether it is open."""
    tags = [OUR_TAG, f"kind:{request.kind}", f"stage:{request.status}"]
    if request.escalated_at is not None:
        tags.append("overdue")
    return tags if request.status in FINAL else [*tags, OPEN_TAG]


def run_name(request: Request) -> str:
    """The name of a request's run: its kind and tracking code."""
    return f"{Kind(request.kind).flow} {request.tracking_code}"


async def make_run(
    client: PrefectClient, request: Request, *, state: State[Any] | None = None
) -> UUID:
    """Make the request's run, scheduled or in this state.

    Repeated for the same generation, it is the same run.
    Raises Prefect's `ObjectNotFound` where the kind is not deployed.
    """
    return await _make(
        client,
        Kind(request.kind).deployment,
        parameters={"tracking_code": request.tracking_code},
        name=run_name(request),
        tags=run_tags(request),
        idempotency_key=f"{request.tracking_code}-{request.run_generation}",
        state=state,
    )


async def show_waiting_run(client: PrefectClient, request: Request) -> UUID:
    """Make a run that waits already, for a request that a wave left waiting; repeated, the same.

    Raises Prefect's `ObjectNotFound` where the kind is not deployed.
    """
    waits: State[Any] = Suspended(timeout_seconds=None, pause_key="wave")
    # Pending meanwhile, which no worker takes: the server makes no run that is suspended already.
    flow_run_id = await make_run(client, request, state=Pending())
    await client.set_flow_run_state(flow_run_id, waits, force=True)
    return flow_run_id


async def make_wave_run(client: PrefectClient, wave: Wave) -> UUID:
    """Make the wave's run; repeated, it is the same run.

    Raises Prefect's `ObjectNotFound` where waves of the kind are not deployed.
    """
    return await _make(
        client,
        wave.kind.wave_deployment,
        parameters={"wave": str(wave.id)},
        name=wave_name(wave),
        tags=[OUR_TAG, f"kind:{wave.kind}", "wave"],
        idempotency_key=f"wave-{wave.id}",
    )


def wave_name(wave: Wave) -> str:
    """The name of a wave's run: its kind, and how many it carries."""
    return f"{wave.kind.flow} wave: {wave.size:,} requests"


async def _make(client: PrefectClient, named: str, **of_run: Any) -> UUID:
    deployment = (str(client.api_url), named)
    deployment_id = await _deployment_id(client, deployment)
    try:
        run = await client.create_flow_run_from_deployment(deployment_id, **of_run)
    except httpx.HTTPStatusError as refused:
        if refused.response.status_code != HTTPStatus.NOT_FOUND:
            raise
        # Deleted since; deployed anew it has another id, which the next pass asks for.
        _deployment_ids.pop(deployment, None)
        raise ObjectNotFound(refused) from refused
    return run.id


#: By server and name: one request less between a submission and its gate, and a name keeps its id
#: for as long as the deployment is not deleted.
_deployment_ids: dict[tuple[str, str], UUID] = {}


async def _deployment_id(client: PrefectClient, deployment: tuple[str, str]) -> UUID:
    if deployment not in _deployment_ids:
        found = await client.read_deployment_by_name(deployment[1])
        _deployment_ids[deployment] = found.id
    return _deployment_ids[deployment]


async def look_at_run(client: PrefectClient, flow_run_id: UUID) -> RunSeen:
    """What Prefect shows of this run."""
    try:
        run = await client.read_flow_run(flow_run_id)
    except ObjectNotFound:
        return RunSeen(Sighting.GONE)
    return _seen(run)


async def look_at_runs(client: PrefectClient, ids: Sequence[UUID]) -> dict[UUID, RunSeen]:
    """What Prefect shows of these runs, in one request: `PAGE` of them at most."""
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=list(ids))), limit=PAGE
    )
    return dict.fromkeys(ids, RunSeen(Sighting.GONE)) | {run.id: _seen(run) for run in found}


def _seen(run: FlowRun) -> RunSeen:
    if run.state is None:
        return RunSeen(Sighting.SCHEDULED, run=run)
    return RunSeen(_SIGHTINGS[run.state.type], run.state.timestamp, run)


async def end_replaced(client: PrefectClient, flow_run_id: UUID) -> None:
    """End a run in whose place another one is made; one that was deleted is ended already.

    Completed, not cancelled: cancelling would withdraw its request.
    """
    message = "Another run carries the request on."
    with suppress(ObjectNotFound):
        run = await client.read_flow_run(flow_run_id)
        tags = [tag for tag in run.tags if tag != OPEN_TAG]
        await client.update_flow_run(flow_run_id, tags=tags)
        if run.state is None or not run.state.is_final():
            ended: State[Any] = Completed(name="Replaced", message=message)
            await client.set_flow_run_state(flow_run_id, ended, force=True)


async def wake_run(
    client: PrefectClient, flow_run_id: UUID, *, due: datetime | None = None
) -> bool:
    """Have a worker run what is suspended from the top, now; False where Prefect would not.

    Without ``due`` the run need not be looked at before: only one that is suspended is woken, never
    one that was cancelled or has ended meanwhile, that waits for its form, or that Prefect does not
    know. Workers take the run that has been due for longest first, so ``due`` in the past goes
    before what was submitted since.
    """
    if due is not None:
        # `/resume` would ask for the form to be filled in; the decision is in our table already.
        return await reschedule_run(client, flow_run_id, name="Resuming", due=due)
    try:
        answer: OrchestrationResult[Any] = await client.resume_flow_run(flow_run_id)
    except httpx.HTTPStatusError as refused:
        # What a server says of a run that was deleted.
        if refused.response.status_code != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return False
    return answer.state is not None and answer.state.is_scheduled()


async def reschedule_run(
    client: PrefectClient, flow_run_id: UUID, *, name: str, due: datetime | None = None
) -> bool:
    """Have a worker run it (again) from the top, now; False where Prefect would not.

    ``name`` says why, in the UI: ``Resuming`` after a decision, ``AwaitingRetry`` after a death.
    """
    force = name == "AwaitingRetry"
    answer: OrchestrationResult[Any] = await client.set_flow_run_state(
        flow_run_id, Scheduled(name=name, scheduled_time=due), force=force
    )
    return answer.state is not None and answer.state.is_scheduled()


async def show_stage(
    client: PrefectClient, request: Request, flow_run_id: UUID, *more: str
) -> None:
    """Bring the run's tags up to date with the request's status; ``more`` are added to them.

    Raises Prefect's `ObjectNotFound` where the run was deleted.
    """
    try:
        await client.update_flow_run(flow_run_id, tags=[*run_tags(request), *more])
    except httpx.HTTPStatusError as refused:
        if refused.response.status_code != HTTPStatus.NOT_FOUND:
            raise
        raise ObjectNotFound(refused) from refused


async def cancelled_runs(client: PrefectClient) -> list[UUID]:
    """The runs of open requests that operations have cancelled, up to a thousand."""
    runs: list[UUID] = []
    while len(runs) < _MOST_CANCELLED:
        page = await client.read_flow_runs(
            flow_run_filter=FlowRunFilter(
                tags=FlowRunFilterTags(all_=[OUR_TAG, OPEN_TAG]),
                state=FlowRunFilterState(
                    type=FlowRunFilterStateType(any_=[StateType.CANCELLED, StateType.CANCELLING])
                ),
            ),
            limit=PAGE,
            offset=len(runs),
        )
        runs += [run.id for run in page]
        if len(page) < PAGE:
            break
    return runs


async def report_lost(client: PrefectClient, flow_run_id: UUID) -> None:
    """Show a run that no process carries any more as Crashed, where it has not ended."""
    run = await client.read_flow_run(flow_run_id)
    if run.state is None or not run.state.is_final():
        lost: State[Any] = Crashed(message="Its process is gone, or no worker took it.")
        await client.set_flow_run_state(flow_run_id, lost, force=True)


async def finish_cancelling(client: PrefectClient, flow_run_id: UUID) -> None:
    """Show a run that no worker carries as Cancelled: a suspended one has nobody else to do it."""
    run = await client.read_flow_run(flow_run_id)
    if run.state is not None and run.state.is_cancelling():
        await client.set_flow_run_state(flow_run_id, Cancelled(), force=True)
