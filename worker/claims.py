"""Taking a scheduled run, so that no two workers run it."""

import time
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.states import Pending
from prefect.utilities.engine import propose_state

#: The parameter of runs that a request has: such a run reads its row first, and may be run again at
#: any time, after its end as well.
_OF_A_REQUEST = "tracking_code"
#: Nobody carries a run to its end in less: claimed, begun and ended are three calls to the server.
_QUICKEST_RUN_SECONDS = 0.05


async def claim(
    client: PrefectClient,
    flow_run: FlowRun,
    *,
    worker: str | None = None,
    seen_at: float | None = None,
) -> bool:
    """Whether the run is this worker's now; its `Pending` state says whose.

    The server decides under a row lock: a run that is Pending, Running or cancelled is refused to
    the second who asks (prefect/server/orchestration/core_policy.py, `PreventPendingTransitions`).
    It does not refuse one that another worker has meanwhile carried to its *end*, because Pending
    is also how a finished run is tried again. Our runs take a tenth of a second, so a look can well
    be older than that; such a run is put back as it was. ``seen_at`` is when the look began, on
    `time.monotonic`: where nobody can have carried the run since, it is not asked for again. Nor of
    a request's run, which finds on its row that nothing is left to do, and ends as it had ended.
    """
    try:
        taken: State[None] = Pending(message=f"Taken by worker {worker}" if worker else None)
        state = await propose_state(client, taken, flow_run_id=flow_run.id)
        if not state.is_pending():  # no concurrency slot is free: the server has scheduled it anew
            return False
        if _OF_A_REQUEST in flow_run.parameters:
            return True
        if seen_at is not None and time.monotonic() - seen_at < _QUICKEST_RUN_SECONDS:
            return True
        return await _was_waiting(client, flow_run, state)
    except (Abort, Pause, ObjectNotFound):
        return False


async def _was_waiting(client: PrefectClient, flow_run: FlowRun, pending: State) -> bool:
    now = await client.read_flow_run(flow_run.id)
    if now.run_count == flow_run.run_count:
        return True
    before = await _state_before(client, flow_run.id, pending)
    if before is None or before.is_scheduled():
        return True
    await client.set_flow_run_state(flow_run.id, before, force=True)
    return False


async def _state_before(client: PrefectClient, flow_run_id: UUID, pending: State) -> State | None:
    history = await client.read_flow_run_states(flow_run_id)
    earlier = [state for state in history if state.timestamp < pending.timestamp]
    return max(earlier, key=lambda state: state.timestamp, default=None)
