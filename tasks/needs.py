"""What needs a hand, as Prefect shows it: a table, the run's name and its last state."""

from prefect.artifacts import acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext

from desk.operations.needs import Sort, needs_of, sorts_of
from desk.operations.overview import overview
from desk.requests.timeline import show_instant
from tasks.retrying import step_task

NAME = "needs-a-hand"
_NOTHING = "nothing needs a hand"


@step_task("look what needs a hand")
async def show_needs() -> str:
    """Show what needs a hand in a table and in the run's name; returns it in words.

    By code and number: neither requests nor people are named. Repeated, the newest one counts.
    """
    seen = await overview()
    sorts = sorts_of(needs_of(seen))
    await acreate_table_artifact(
        [_row(sort) for sort in sorts] or [{"what": _NOTHING}],
        key=NAME,
        description=f"What needs a hand, as of {show_instant(seen.at)} (Riyadh)",
    )
    said = ", ".join(f"{_words(sort)} ({sort.number:,})" for sort in sorts) or _NOTHING
    context = FlowRunContext.get()
    if context is not None and context.flow_run is not None:
        async with get_client() as client:
            await client.update_flow_run(context.flow_run.id, name=f"sweep: {said}")
    return said


def _row(sort: Sort) -> dict[str, str | int]:
    since = show_instant(sort.since) if sort.since else ""
    return {"what": _words(sort), "number": sort.number, "since (Riyadh)": since}


def _words(sort: Sort) -> str:
    return sort.code.replace("_", " ")
