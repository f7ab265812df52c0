"""What the two flows of reminders do, in order: examine what is due, write to people, report.

    plan → send → report

The same result however many of a flow's runs were missed, doubled or killed. A run for another day
than today only rehearses: its one step is to plan without keeping anything.
"""

from datetime import date, datetime
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

from desk.common_clock import common_clock
from desk.reminders.planning import Plan, is_today
from desk.reminders.table import figures, table
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day
from tasks.reminders.presence import present
from tasks.reminders.processes import Crew, Sent
from tasks.reminders.run import (
    Progress,
    Report,
    crew_of,
    plan_day,
    rehearse_day,
    report,
    send_today,
)
from tasks.reminders.turns import count_waiting
from tasks.steps.retrying import step_task

#: Percent of the progress that planning is.
_PLANNING = 20.0


async def remind(topic: Topic, on: date | None) -> State:
    """Remind everybody whose card or profile is due today; for another day, say what would be done.

    Today is the database's. Ends red only where the run itself is broken: an e-mail that cannot be
    sent has its reason in our tables, and a mail server that is away leaves them to the next run.
    """
    async with present(_run_id()):
        return await _remind(topic, on)


async def _remind(topic: Topic, on: date | None) -> State:
    clock = await common_clock()
    began = clock()
    day = on or riyadh_day(began)
    run = _Shown(topic, day, _run_id())
    await run.say("examining")
    progress = await acreate_progress_artifact(
        0.0, key=f"{run.name}-progress", description="Examined, then e-mails sent"
    )
    if not is_today(day, began):
        found = await rehearse(topic, day, began, progress)
        await run.end(found, progress)
        return Completed(name="Rehearsed", message=_rehearsed(found, riyadh_day(began)))
    async with crew_of(topic, day, clock=clock) as crew:
        planned = await plan(topic, day, str(run.id), began, progress)
        await run.say(f"{await count_waiting():,} waiting")
        sent = await send(crew, clock(), run, progress)
    found = await report(day, planned, sent, now=clock())
    await run.end(found, progress)
    return Completed(message=_sentence(found))


@step_task("plan")
async def plan(topic: Topic, day: date, run: str, now: datetime, progress: UUID) -> Plan:
    """Decide about every card or profile that is due on this day."""
    return await plan_day(topic, day, run=run, now=now, tell=_teller(progress, 0.0, _PLANNING))


@step_task("send")
async def send(crew: Crew, now: datetime, run: "_Shown", progress: UUID) -> Sent:
    """Send the e-mails that are planned."""
    bar = _teller(progress, _PLANNING, 100.0)

    async def tell(done: int, of: int) -> None:
        await bar(done, of)
        await run.say(f"{of - done:,} waiting")

    return await send_today(crew, now=now, tell=tell)


@step_task("rehearse")
async def rehearse(topic: Topic, day: date, now: datetime, progress: UUID) -> Report:
    """Say what a run on that day would do."""
    return await rehearse_day(topic, day, now=now, tell=_teller(progress, 0.0, 100.0))


class _Shown:
    """The run as the Prefect UI shows it: its name has the figures of this moment."""

    def __init__(self, topic: Topic, day: date, run_id: UUID) -> None:
        self.id = run_id
        self.name = f"{topic}-reminders"
        self._day = day
        self._said = ""

    async def say(self, figures: str) -> None:
        """Put them into the name; asked again with the same, it does nothing."""
        if figures != self._said:
            self._said = figures
            async with get_client() as client:
                await client.update_flow_run(self.id, name=f"{self.name} {self._day}: {figures}")

    async def end(self, found: Report, progress: UUID) -> None:
        """Name, table and bar of a run that has done what it could."""
        await acreate_table_artifact(
            table(found.topic, found.by_threshold, rehearsed=found.rehearsed)
            or [{"threshold": "nothing was due"}],
            key=self.name,
            description=f"Reminders of {self._day}, by threshold",
        )
        await aupdate_progress_artifact(progress, 100.0)
        rehearsed = f"rehearsed, {found.would_send:,} would be sent"
        await self.say(
            rehearsed if found.rehearsed else figures(found.sent, found.waiting, found.failed)
        )


def _teller(progress: UUID, begins: float, ends: float) -> Progress:
    """Moves the bar from one percentage to the other."""

    async def tell(done: int, of: int) -> None:
        share = done / of if of else 1.0
        await aupdate_progress_artifact(progress, begins + share * (ends - begins))

    return tell


def _sentence(found: Report) -> str:
    return (
        f"{found.examined:,} {found.topic}s examined; "
        f"e-mails: {figures(found.sent, found.waiting, found.failed)}"
    )


def _rehearsed(found: Report, today: date) -> str:
    return (
        f"{found.day} is not today ({today}), so nothing was sent or kept: on that day "
        f"{found.examined:,} {found.topic}s would be examined and {found.would_send:,} e-mails sent"
    )


def _run_id() -> UUID:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("reminders need a flow run")
    return context.flow_run.id
