"""Why a run is stopped from outside, and what becomes of it on Prefect's server."""

from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.states import AwaitingRetry, Cancelled, Crashed
from prefect.utilities.engine import propose_state

_BEGUN = frozenset({StateType.PENDING, StateType.RUNNING})
_STOPPABLE = _BEGUN | {StateType.CANCELLING}


class StopReason(Enum):
    """Who wants a run to stop."""

    #: Somebody cancelled it: it ends Cancelled.
    CANCELLED = "cancelled"
    #: This worker is going, or lost Prefect's server: a worker takes the run again from the top.
    HANDED_BACK = "handed back"


@dataclass
class Stop:
    """A run's reason to stop; None while nobody asked."""

    reason: StopReason | None = None


class RunStopped(BaseException):
    """Raised inside a synchronous flow to stop it, as CancelledError is inside an async one."""


async def end_cancelled(client: PrefectClient, flow_run_id: UUID) -> None:
    """Make the run Cancelled unless it has ended by itself; repeating changes nothing."""
    await _move(client, flow_run_id, _STOPPABLE, Cancelled(message="Stopped by the worker."))


async def hand_back(client: PrefectClient, flow_run_id: UUID) -> None:
    """Schedule a run that had begun again, from the top; repeating changes nothing.

    A run that was cancelled, was suspended or has ended stays so.
    """
    message = "Handed back: its worker stopped or lost the server. It starts again from the top."
    await _move(client, flow_run_id, _BEGUN, AwaitingRetry(message=message))


async def report_crash(client: PrefectClient, flow_run_id: UUID, message: str) -> None:
    """Make the run Crashed unless it has ended, suspended or been taken from us meanwhile."""
    await _move(client, flow_run_id, _BEGUN, Crashed(message=message))


async def _move(
    client: PrefectClient, flow_run_id: UUID, starts: frozenset[StateType], target: State[Any]
) -> None:
    """Propose the state where the run is in one of the starts.

    Unforced: the server's rules free concurrency slots and keep a cancelled run cancelled, should
    somebody cancel between our look and our proposal.
    """
    try:
        state = (await client.read_flow_run(flow_run_id)).state
        if state is not None and state.type in starts:
            await propose_state(client, target, flow_run_id=flow_run_id)
    except (Abort, Pause, ObjectNotFound):
        return  # somebody else decided meanwhile, or the run was deleted: theirs is the last word
