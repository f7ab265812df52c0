"""Runs that wait for people are looked up now and then: were they deleted, or ended by hand?

Nothing tells us. A run that waits costs nothing and is asked about once in a while, many in one
request, so that a new one is made before somebody decides or wants to see it.
"""

from datetime import datetime, timedelta
from functools import partial

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from models.database import transaction
from models.runs import note_seen, waiting_runs
from models.setbacks import Work, forget_setbacks
from rules.requests.statuses import Kind
from tasks.runs.in_prefect import PAGE, RunSeen, Sighting, look_at_runs
from tasks.runs.places import Place, place_of
from tasks.runs.setting_aside import alone
from tasks.runs.sweeping import move_run, replace_run

#: How often a run that waits is looked up; where thousands wait, a page of them in each pass.
SEEN_EVERY = timedelta(seconds=20)
#: A request that was to be tried again so long ago has gone on without us.
FORGOTTEN_AFTER = timedelta(minutes=10)


async def see_waiting_runs(client: PrefectClient, *, now: datetime) -> None:
    """Make right what became of runs that should be waiting: see `tasks.runs.sweeping.move_run`.

    One whose deployment or queue is gone could be woken and never taken: another is made at once.
    """
    async with transaction() as session:
        waiting = await waiting_runs(session, seen_before=now - SEEN_EVERY, limit=PAGE)
        if not waiting:
            return
        # Whoever is due soon is looked up with them, so that few are looked up at one time too.
        waiting = await waiting_runs(session, seen_before=now - SEEN_EVERY / 2, limit=PAGE)
    seen = await look_at_runs(client, list(waiting))
    theirs = {kind for _, kind in waiting.values()}
    places = {str(kind): await _place(client, kind) for kind in Kind if kind in theirs}
    well = [
        id_
        for id_, (_, kind) in waiting.items()
        if seen[id_].sighting is Sighting.SUSPENDED and not _is_hidden(seen[id_], places.get(kind))
    ]
    async with transaction() as session:
        await note_seen(session, [waiting[id_][0].id for id_ in well], now=now)
    for id_ in waiting.keys() - set(well):
        due, _ = waiting[id_]
        suspended = seen[id_].sighting is Sighting.SUSPENDED
        mend = replace_run if suspended else move_run
        await alone(due, Work.RUN, partial(mend, client, due, now), now=now)


async def forget_what_went_on(*, now: datetime) -> None:
    """List no request any more that has gone on by itself; called when the others were tried."""
    async with transaction() as session:
        await forget_setbacks(session, untried_since=now - FORGOTTEN_AFTER)


async def _place(client: PrefectClient, kind: Kind) -> Place | None:
    try:
        return await place_of(client, kind)
    except ObjectNotFound:
        return None  # told of when one of its runs is to be made or woken


def _is_hidden(seen: RunSeen, place: Place | None) -> bool:
    if place is None or place.work_queue_id is None or seen.run is None:
        return False
    return place.hides(seen.run)
