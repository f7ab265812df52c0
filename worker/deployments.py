"""The deployments of a worker's runs."""

import time
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.responses import DeploymentResponse

#: How long a deployment is taken for what it was: one that is deployed anew keeps its id, and code
#: that is new as well wants a new worker anyway.
_KNOWN_SECONDS = 300.0


class Deployments:
    """Those that were read not long ago, by their ids."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[DeploymentResponse, float]] = {}

    async def of(
        self, flow_run: FlowRun, client: PrefectClient
    ) -> DeploymentResponse | Exception | None:
        """The run's deployment; an error is kept for the run that wants it, if it is claimed."""
        if flow_run.deployment_id is None:
            return None
        known, until = self._known.get(flow_run.deployment_id, (None, 0.0))
        if known is not None and time.monotonic() < until:
            return known
        try:
            found = await client.read_deployment(flow_run.deployment_id)
        except Exception as error:  # noqa: BLE001 - raised again in the run
            return error
        self._known[found.id] = (found, time.monotonic() + _KNOWN_SECONDS)
        return found
