"""What Prefect shows of a run that has ended."""

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.objects import State


async def name_of(state: State[Any]) -> str:
    """What the run is called at the end."""
    async with get_client() as client:
        return (await client.read_flow_run(state.state_details.flow_run_id)).name


async def artifacts_of(state: State[Any], key: str) -> list[Any]:
    """The newest artifacts of this key, and of this run."""
    async with get_client() as client:
        found = await client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key]))
        )
    return [each for each in found if each.flow_run_id == state.state_details.flow_run_id]
