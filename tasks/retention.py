"""The steps of a run that removes what is not kept any longer; each is safe to repeat.

Prefect learns how many, of what: no name, no id, no code.
"""

from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from desk.common_clock import common_now
from desk.retention import removing
from desk.retention.removing import DueSubject, Removed
from tasks.last_times import note_retention
from tasks.reporting import show_report, words
from tasks.retrying import step_task

NAME = "retention"


@step_task("rehearse")
async def rehearse() -> tuple[DueSubject, ...]:
    """Count what a run would remove now; nothing is changed."""
    return await removing.due(await common_now())


@step_task("remove")
async def remove() -> Removed:
    """Remove what is older than policy keeps it; a whole run is noted."""
    done = await removing.remove_due(await common_now())
    if not done.failed:
        await note_retention()
    return done


async def show_rehearsal(due: tuple[DueSubject, ...]) -> State:
    """Show what a run would do; the state that the flow ends in."""
    would = f"{sum(one.number for one in due):,} would be removed"
    lines: list[dict[str, Any]] = [
        {
            "what": words(one.kept.subject),
            "kept for days": one.kept.days,
            "from when": one.kept.since,
            "would be removed": one.number,
        }
        for one in due
    ]
    await _show(lines, f"rehearsed, {would}")
    return Completed(name="Rehearsed", message=f"nothing was changed: {would}")


async def show(done: Removed) -> State:
    """Show what was removed; the state that the flow ends in, red where something is left."""
    removed = f"{done.total:,} rows removed, {done.certificates:,} certificates"
    if done.holds:
        removed = f"{removed}, {done.holds:,} holds stand"
    lines: list[dict[str, Any]] = [
        {"what": words(subject), "table": table, "rows": number}
        for subject, table, number in done.lines()
    ]
    await _show(lines or [{"what": "nothing was due"}], removed)
    if done.failed:
        left = ", ".join(map(words, done.failed))
        return Failed(message=f"{removed}; not all of: {left}. The worker's log says why")
    return Completed(message=removed)


async def _show(lines: list[dict[str, Any]], figures: str) -> None:
    await show_report(
        lines,
        name=NAME,
        description="What is not kept any longer, by table",
        figures=figures,
    )
