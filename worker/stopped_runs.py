"""One look at the server for all runs of a worker: which of them were stopped from outside?"""

from collections.abc import Iterable
from uuid import UUID

from prefect._flow_run_suspension import (
    is_suspended_flow_run_state,
    mark_flow_run_suspension_requested,
)
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType

from worker.runs import ActiveRun
from worker.stopping import StopReason

_STOPPED = [StateType.CANCELLING, StateType.CANCELLED, StateType.PAUSED]


async def find_stopped(client: PrefectClient, ids: Iterable[UUID]) -> list[FlowRun]:
    """Those of the runs that are cancelled, being cancelled, or paused: one request for all."""
    return await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            id=FlowRunFilterId(any_=list(ids)),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_STOPPED)),
        )
    )


def tell(active: ActiveRun, found: FlowRun) -> None:
    """Tell a run what was found: a cancelled one stops where it is.

    A suspended one leaves at its next step, as Prefect promises; one that suspended itself is
    leaving already. One that only pauses goes on waiting in its place.
    """
    if found.state_type is not StateType.PAUSED:
        active.ask_to_stop(StopReason.CANCELLED)
    elif found.state is not None and is_suspended_flow_run_state(found.state):
        mark_flow_run_suspension_requested(found.id, found.state)
