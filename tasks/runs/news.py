"""Show in Prefect what happened to requests whose run waits and cannot show it itself."""

from datetime import datetime, timedelta
from functools import partial

from prefect.exceptions import ObjectNotFound

from models.database import transaction
from models.run_states import RunState
from models.runs import Due, requests_with_news
from models.setbacks import Work
from tasks.runs.notes import note, read, run_of
from tasks.runs.progress import show_progress
from tasks.runs.setting_aside import alone

#: How many requests' news one pass shows.
BATCH = 100
#: A run that is at work shows its own news; one that waits cannot.
OLDER_THAN = timedelta(seconds=5)


async def announce_news(*, now: datetime) -> None:
    """Show what happened to requests whose run is suspended and cannot show it itself."""
    async with transaction() as session:
        found = await requests_with_news(session, older_than=now - OLDER_THAN, now=now, limit=BATCH)
    for due in found:
        await alone(due, Work.NEWS, partial(_announce, due, now), now=now)


async def _announce(due: Due, now: datetime) -> None:
    request = await read(due)
    try:
        await show_progress(request, run_of(request))
    except ObjectNotFound:
        # Deleted in the UI: the run that is made in its place shows it.
        await note(request, RunState.WANTED, now, lost=True)
