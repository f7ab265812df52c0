"""Prefect's client as the engine gets it: what is known already is neither asked nor told again.

The engine is made to start in a fresh process, where it knows nothing of its run but an id. Here
the run has just been read and claimed, so three of the calls that it makes before the first line of
a flow say nothing new (docs/PREFECT.md, "Speed").
"""

from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun

#: What the engine tells of each run at its start: the flow's version, and how it is tried again.
_TOLD_AT_START = frozenset({"flow_version", "empirical_policy"})


class SparingClient(PrefectClient):
    """The client for one run of a flow that Prefect does not try again by itself."""

    def __init__(self, client: PrefectClient, flow_run: FlowRun) -> None:
        # The same connections and settings: made anew they would cost 100 ms (PREFECT.md).
        vars(self).update(vars(client))
        self._flow_run = flow_run

    async def update_flow_run(self, flow_run_id: UUID, *args: Any, **values: Any) -> Any:
        """Told unless it is only the flow's version and how it is tried again: it is not."""
        if flow_run_id == self._flow_run.id and values.keys() == _TOLD_AT_START:
            return None
        return await super().update_flow_run(flow_run_id, *args, **values)

    async def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        """The run as it was claimed, with the state that the engine has set since."""
        if flow_run_id == self._flow_run.id:
            return self._flow_run
        return await super().read_flow_run(flow_run_id)

    async def set_flow_run_name(self, flow_run_id: UUID, name: str) -> Any:
        """Told unless the run is called so."""
        if (flow_run_id, name) == (self._flow_run.id, self._flow_run.name):
            return None
        return await super().set_flow_run_name(flow_run_id, name)


def spare(client: PrefectClient, flow: Flow[..., Any], flow_run: FlowRun | None) -> PrefectClient:
    """The client for the engine; of a flow that Prefect tries again, the real one.

    Prefect's server has to be told how often, and the engine how often it was already.
    """
    if flow_run is None or flow.retries:
        return client
    return SparingClient(client, flow_run)
