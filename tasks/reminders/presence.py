"""A reminder run shows that it is at work; one that nobody carries any more is ended in Prefect.

A process that is killed says nothing to Prefect, which would show its run as *Running* for ever.
What it planned is in our tables, and the next run goes on with it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Crashed

from models.database import patiently, transaction
from models.reminders.reminders import count_of_run
from models.runs import carrying, is_carried
from rules.policy.thresholds import Topic
from rules.reminders.decision import ReminderStatus
from rules.values.dates import riyadh_day
from tasks.reminders.table import figures

#: Seconds between two looks of a run whether its sign is there: PostgreSQL may have restarted.
_RENEW_EVERY = 10.0
#: How long a run may be without it. Longer than that, and than a restart of PostgreSQL takes.
LOST_AFTER = timedelta(minutes=1)
#: How often Prefect is asked which runs it shows.
_LOOK_EVERY = timedelta(seconds=30)

_FLOWS = [f"{topic}-reminders" for topic in Topic]


@asynccontextmanager
async def present(run_id: UUID) -> AsyncIterator[None]:
    """Show that this process carries the run, until it leaves or dies, whatever kills it."""
    async with carrying(run_id):
        renewing = asyncio.create_task(_renew(run_id))
        try:
            yield
        finally:
            renewing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await renewing


async def _renew(run_id: UUID) -> None:
    while True:
        await asyncio.sleep(_RENEW_EVERY)
        async with carrying(run_id):
            pass


class LostReminders:
    """Remembers since when each run has been without a sign; a new one waits a minute again."""

    def __init__(self) -> None:
        self._since: dict[UUID, datetime] = {}
        self._looked_at: datetime | None = None

    async def end(self, client: PrefectClient, *, now: datetime) -> int:
        """End the runs that nobody has carried for `LOST_AFTER`; how many those were."""
        if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY:
            return 0
        self._looked_at = now
        runs = await client.read_flow_runs(
            flow_filter=FlowFilter(name=FlowFilterName(any_=_FLOWS)),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.RUNNING]))
            ),
        )
        absent = [run for run in runs if not await _is_present(run.id)]
        self._since = {run.id: self._since.get(run.id, now) for run in absent}
        lost = [run for run in absent if now - self._since[run.id] >= LOST_AFTER]
        for run in lost:
            await _end(client, run, now=now)
        return len(lost)


async def _end(client: PrefectClient, run: FlowRun, *, now: datetime) -> None:
    since = riyadh_day(run.start_time or now)
    said = await _figures(str(run.id), since=since)
    await client.update_flow_run(run.id, name=f"{run.name.partition(':')[0]}: {said}")
    lost: State = Crashed(
        message=f"The process that carried this run is gone. Of what it planned: {said}. "
        "The next run goes on where it stopped."
    )
    await client.set_flow_run_state(run.id, lost, force=True)


@patiently
async def _is_present(run_id: UUID) -> bool:
    async with transaction() as session:
        return await is_carried(session, run_id)


@patiently
async def _figures(run: str, *, since: date) -> str:
    async with transaction() as session:
        counted = await count_of_run(session, run, since=since)
    return figures(
        counted.get(ReminderStatus.SENT, 0),
        counted.get(ReminderStatus.QUEUED, 0),
        counted.get(ReminderStatus.FAILED, 0),
    )


_lost = LostReminders()


async def end_lost_reminders(client: PrefectClient, *, now: datetime) -> int:
    """End the reminder runs that Prefect shows as running and that nobody carries any more."""
    return await _lost.end(client, now=now)
