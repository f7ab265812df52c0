"""What the two flows of reminders do, in order: examine what is due, write to people, report.

    plan → send → report

The same result however many of a flow's runs were missed, doubled or killed.
"""

from datetime import date
from uuid import UUID

from prefect.artifacts import (
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from desk.clock import utc_now
from desk.reminder_table import table
from desk.reminders import Plan
from rules.dates import riyadh_day
from rules.thresholds import About
from tasks.reminders.processes import Crew, Sent
from tasks.reminders.run import Progress, Report, crew_of, plan_day, report, send_day
from tasks.retrying import step_task

#: Percent of the progress that planning is.
_PLANNING = 20.0


async def remind(about: About, on: date | None) -> State:
    """Remind everybody whose card or profile is due on this day, or today.

    Ends red only where the run itself is broken: a letter that cannot be sent has its reason in
    our tables, and a mail server that is away leaves letters to the next run.
    """
    run_id, name = _run_id(), f"{about}-reminders"
    day = on or riyadh_day(utc_now())
    progress = await acreate_progress_artifact(
        0.0, key=f"{name}-progress", description="Examined, then letters sent"
    )
    async with crew_of(about, day) as crew:
        planned = await plan(about, day, str(run_id), progress)
        await _name(run_id, f"{name} {day}: {planned.letters:,} letters")
        sent = await send(day, crew, progress)
    found = await report(day, planned, sent, now=utc_now())
    await acreate_table_artifact(
        table(about, found.by_threshold) or [{"threshold": "nothing was due"}],
        key=name,
        description=f"Reminders of {day}, by threshold",
    )
    await aupdate_progress_artifact(progress, 100.0)
    return Completed(message=_sentence(found))


@step_task("plan")
async def plan(about: About, day: date, run: str, progress: UUID) -> Plan:
    """Decide about every card or profile that is due on this day."""
    tell = _teller(progress, 0.0, _PLANNING)
    return await plan_day(about, day, run=run, now=utc_now(), tell=tell)


@step_task("send")
async def send(day: date, crew: Crew, progress: UUID) -> Sent:
    """Send the letters that are planned."""
    return await send_day(day, crew, now=utc_now(), tell=_teller(progress, _PLANNING, 100.0))


def _teller(progress: UUID, begins: float, ends: float) -> Progress:
    """Moves the bar from one percentage to the other."""

    async def tell(done: int, of: int) -> None:
        share = done / of if of else 1.0
        await aupdate_progress_artifact(progress, begins + share * (ends - begins))

    return tell


def _sentence(found: Report) -> str:
    said = (
        f"{found.examined:,} {found.about}s examined, {found.sent:,} letters sent, "
        f"{found.failed:,} failed"
    )
    return f"{said}, {found.waiting:,} wait" if found.waiting else said


def _run_id() -> UUID:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("reminders need a flow run")
    return context.flow_run.id


async def _name(run_id: UUID, name: str) -> None:
    async with get_client() as client:
        await client.update_flow_run(run_id, name=name)
