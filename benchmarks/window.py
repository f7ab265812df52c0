"""What Prefect recorded of the runs, read when the measuring is over."""

import asyncio
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import StateType

_AT_ONCE = 8
_BROKEN = frozenset({StateType.CRASHED, StateType.FAILED})


async def is_suspended(client: PrefectClient, flow_run_id: UUID) -> bool:
    """Whether the run stands suspended now."""
    state = (await client.read_flow_run(flow_run_id)).state
    return state is not None and state.name == "Suspended"


async def suspended_since(client: PrefectClient, flow_run_ids: list[UUID]) -> dict[UUID, datetime]:
    """When each of the runs first came to `Suspended`, by the server's clock; others are absent."""
    return {
        run_id: min(instants)
        for run_id, states in (await _histories(client, flow_run_ids)).items()
        if (instants := [at for name, _, at in states if name == "Suspended"])
    }


async def broken_runs(client: PrefectClient, flow_run_ids: list[UUID]) -> int:
    """How many of the runs were ever crashed or failed, even if they were started again."""
    histories = await _histories(client, flow_run_ids)
    return sum(any(type_ in _BROKEN for _, type_, _ in states) for states in histories.values())


_History = list[tuple[str | None, StateType, datetime]]


async def _histories(client: PrefectClient, flow_run_ids: list[UUID]) -> dict[UUID, _History]:
    turns = asyncio.Semaphore(_AT_ONCE)

    async def history(run_id: UUID) -> _History:
        async with turns:
            states = await client.read_flow_run_states(run_id)
        return [(state.name, state.type, state.timestamp) for state in states]

    found = await asyncio.gather(*map(history, flow_run_ids))
    return dict(zip(flow_run_ids, found, strict=True))
