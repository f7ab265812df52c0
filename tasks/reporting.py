"""A run's report in Prefect: a table, and its figures in the run's name."""

from collections.abc import Sequence
from typing import Any

from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext


async def show_report(
    lines: Sequence[dict[str, Any]], *, name: str, description: str, figures: str
) -> None:
    """Show these lines as the newest table of this name; repeated, the newest one counts.

    Raises ``RuntimeError`` outside a flow run.
    """
    await acreate_table_artifact(list(lines), key=name, description=description)
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("a report needs a flow run")
    async with get_client() as client:
        await client.update_flow_run(context.flow_run.id, name=f"{name}: {figures}")


def words(code: str) -> str:
    """A code as the words that it is made of."""
    return code.replace("_", " ")
