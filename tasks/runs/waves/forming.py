"""Where many requests of a kind want to be carried at once, one run is made for them all."""

from datetime import datetime, timedelta

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from desk.policy import current_policy
from models.bells import RUN_BELL
from models.database import transaction
from models.door import ring
from models.waves import (
    Wave,
    WaveEnding,
    crowds,
    end_wave,
    live_waves,
    note_wave,
    open_wave,
    stopped_since,
)
from rules.requests.statuses import Kind
from tasks.runs.in_prefect import make_wave_run

#: After operations have cancelled a wave, or none could begin, requests of its kind have runs of
#: their own for so long.
REST = timedelta(hours=1)
#: How many are counted at most: whoever looks at a wave sees no more of them waiting.
COUNTED = 100_000


async def form_waves(client: PrefectClient, *, now: datetime) -> frozenset[Kind]:
    """Make a wave of each kind that has a crowd; returns the kinds that a wave carries now.

    While there is one, whoever comes is carried by it. Repeated, or in two places at once, there is
    one of each kind. What Prefect cannot be told now is told by the next call.
    """
    async with transaction() as session:
        waves = await live_waves(session)
        enough = current_policy().waves.from_requests
        waiting = await crowds(session, most=COUNTED)
        new = {kind for kind, number in waiting.items() if number >= enough}
        new -= {wave.kind for wave in waves}
        if new:
            for kind in new - await stopped_since(session, now - REST):
                await open_wave(session, kind, expected=waiting[kind], now=now)
            waves = await live_waves(session)
    for wave in waves:
        if wave.flow_run_id is None:
            await _make_run(client, wave, now)
    return frozenset(wave.kind for wave in waves)


async def _make_run(client: PrefectClient, wave: Wave, now: datetime) -> None:
    try:
        flow_run_id = await make_wave_run(client, wave)
    except ObjectNotFound:
        # An installation that was not deployed anew: its requests have runs of their own.
        async with transaction() as session:
            await end_wave(session, wave.id, WaveEnding.NOT_TAKEN, now=now)
        return
    async with transaction() as session:
        await note_wave(session, wave.id, flow_run_id=flow_run_id, checked_at=now)
        await ring(session, RUN_BELL)
