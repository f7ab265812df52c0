"""A run of reminders as the Prefect UI shows it: its name, its bar and its table."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

from desk.common_clock import common_clock
from rules.policy.thresholds import Topic
from rules.values.dates import riyadh_day
from tasks.mail_news import is_mail_away
from tasks.reminders.planning import Progress, is_today
from tasks.reminders.presence import present
from tasks.reminders.run import RunReport
from tasks.reminders.table import MAIL_IS_AWAY, figures, table
from tasks.reminders.turns import count_waiting
from tasks.sending.run_clock import Clock, RunClock


class ShownRun:
    """One run of a flow: what it is asked for, and the figures of this moment in its name."""

    def __init__(self, topic: Topic, on: date | None, run_id: UUID, clock: Clock) -> None:
        self.topic = topic
        self.id = run_id
        #: Runs since before the day is planned.
        self.clock = RunClock(clock)
        self.began = clock()
        self.today = riyadh_day(self.began)
        self.day = on or self.today
        self._name = f"{topic}-reminders"
        self._said = ""
        self._bar: UUID | None = None

    @property
    def is_today(self) -> bool:
        """Whether it may send; for another day it only rehearses."""
        return is_today(self.day, self.began)

    async def begin(self) -> None:
        """Name it, and draw its bar."""
        await self.say("examining")
        self._bar = await acreate_progress_artifact(
            0.0, key=f"{self._name}-progress", description="Examined, then e-mails sent"
        )

    async def say(self, figures: str) -> None:
        """Put them into the name; asked again with the same, it does nothing."""
        if figures != self._said:
            self._said = figures
            async with get_client() as client:
                await client.update_flow_run(self.id, name=f"{self._name} {self.day}: {figures}")

    async def say_waiting(self, letters: int | None = None) -> None:
        """Put into the name how many e-mails wait; asked of our tables where it is not told."""
        waiting = f"{await count_waiting() if letters is None else letters:,} waiting"
        await self.say(f"{waiting}, {MAIL_IS_AWAY}" if await is_mail_away() else waiting)

    def bar(self, begins: float, ends: float) -> Progress:
        """Moves the bar from one percentage to the other."""

        async def tell(done: int, of: int) -> None:
            await self._move(begins + (done / of if of else 1.0) * (ends - begins))

        return tell

    async def end(self, found: RunReport) -> State:
        """Name, table and bar of a run that has done what it could; the state that it ends in."""
        await acreate_table_artifact(
            table(found.topic, found.by_threshold, rehearsed=found.rehearsed)
            or [{"threshold": "nothing was due"}],
            key=self._name,
            description=f"Reminders of {self.day}, by threshold",
        )
        await self._move(100.0)
        if found.rehearsed:
            await self.say(f"rehearsed, {found.would_send:,} would be sent")
            return Completed(name="Rehearsed", message=_rehearsed(found, self.today))
        await self.say(_figures(found))
        return Completed(message=_sentence(found))

    async def _move(self, percent: float) -> None:
        if self._bar is not None:
            await aupdate_progress_artifact(self._bar, percent)


@asynccontextmanager
async def shown(topic: Topic, on: date | None) -> AsyncIterator[ShownRun]:
    """The run that this process carries, until the block ends or the process dies."""
    run_id = _run_id()
    async with present(run_id):
        run = ShownRun(topic, on, run_id, await common_clock())
        await run.begin()
        yield run


def _sentence(found: RunReport) -> str:
    return f"{found.examined:,} {found.topic}s examined; e-mails: {_figures(found)}"


def _figures(found: RunReport) -> str:
    return figures(found.sent, found.waiting, found.failed, mail_is_away=found.mail_is_away)


def _rehearsed(found: RunReport, today: date) -> str:
    return (
        f"{found.day} is not today ({today}), so nothing was sent or kept: on that day "
        f"{found.examined:,} {found.topic}s would be examined and {found.would_send:,} e-mails sent"
    )


def _run_id() -> UUID:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError("reminders need a flow run")
    return context.flow_run.id
