"""Prefect's window after a wave: those that it left waiting are given a run of their own.

Nobody waits for these runs: they are made at a rate of their own, beside everything else and not
while a wave is carried, so that what Prefect shows trails the truth and slows nobody down.
"""

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from prefect.client.orchestration import PrefectClient

from desk.policy import current_policy
from models.database import transaction
from models.requests import Request
from models.run_states import RunState
from models.runs import Due
from models.setbacks import Work
from models.waves import left_without_runs, live_waves
from rules.requests.statuses import Status
from tasks.runs.in_prefect import show_waiting_run
from tasks.runs.notes import note, read
from tasks.runs.progress import show_progress
from tasks.runs.setting_aside import alone

#: What was not shown for so many seconds is not made up for at once.
_AT_ONCE_SECONDS = 5.0


class OwnRuns:
    """Remembers when it showed the last ones; everything else is in the database."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = clock()

    async def show(self, client: PrefectClient, *, now: datetime) -> int:
        """Show as many as policy's rate allows since the last call; returns how many."""
        rate = current_policy().waves.own_runs_per_second
        seconds = min(self._clock() - self._at, _AT_ONCE_SECONDS)
        number = int(seconds * rate)
        if not number:
            return 0
        self._at = self._clock()
        async with transaction() as session:
            if await live_waves(session):
                return 0
            found = await left_without_runs(session, limit=number)
        for request in found:
            due = Due(request.id, request.tracking_code)
            await alone(due, Work.NEWS, partial(_show, client, due, now), now=now)
        return len(found)


async def _show(client: PrefectClient, due: Due, now: datetime) -> None:
    request = await read(due)
    if request.run_state != RunState.WAITING or request.flow_run_id is not None:
        return  # somebody moved it meanwhile, and it has a run
    if _needs_its_form(request):
        await note(request, RunState.WANTED, now)
        return
    flow_run_id = await show_waiting_run(client, request)
    if await note(request, RunState.WAITING, now, flow_run_id=flow_run_id):
        await show_progress(request, flow_run_id)


def _needs_its_form(request: Request) -> bool:
    """Whether Prefect's Resume form decides it: that is asked for by a run that suspends itself."""
    is_at_the_gate = request.status == Status.UNDER_REVIEW
    return is_at_the_gate and current_policy().review.prefect_form_decides
