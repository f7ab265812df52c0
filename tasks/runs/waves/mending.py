"""What became of waves whose run does not carry them: cancelled, killed, deleted, never taken."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound

from models.database import transaction
from models.runs import is_carried
from models.waves import Wave, WaveEnding, end_wave, live_waves
from tasks.runs.in_prefect import (
    Sighting,
    finish_cancelling,
    look_at_run,
    report_lost,
)

logger = logging.getLogger("mumaris.waves")

#: A process that carries a wave holds its lock from the first line on; the rest is Prefect's time.
LOST_FOR = timedelta(seconds=5)
#: A healthy worker takes a run within seconds.
NOT_TAKEN_FOR = timedelta(minutes=1)


async def mend_waves(client: PrefectClient, *, now: datetime) -> None:
    """End the waves that nobody carries, and let what they held go on without them.

    A wave that was cancelled, or that no worker took, leaves its requests to runs of their own;
    after one that was lost there may be another at once.
    """
    async with transaction() as session:
        waves = await live_waves(session)
    for wave in waves:
        ending = await _ending_of(client, wave, now)
        if ending is not None:
            await _end(client, wave, ending, now)


async def _ending_of(client: PrefectClient, wave: Wave, now: datetime) -> WaveEnding | None:
    if wave.flow_run_id is None:
        return None  # `form_waves` makes its run
    async with transaction() as session:
        if await is_carried(session, wave.id):
            return None
    seen = await look_at_run(client, wave.flow_run_id)
    since = max(wave.checked_at, seen.since or wave.checked_at)
    match seen.sighting:
        case Sighting.CANCELLED:
            return WaveEnding.CANCELLED
        case Sighting.SCHEDULED:
            return WaveEnding.NOT_TAKEN if now - since > NOT_TAKEN_FOR else None
        case Sighting.AT_WORK | Sighting.SUSPENDED:
            return WaveEnding.LOST if now - since > LOST_FOR else None
        case Sighting.GONE | Sighting.COMPLETED | Sighting.BROKEN:
            return WaveEnding.LOST


async def _end(client: PrefectClient, wave: Wave, ending: WaveEnding, now: datetime) -> None:
    async with transaction() as session:
        ended = await end_wave(session, wave.id, ending, now=now)
    if not ended or wave.flow_run_id is None:
        return
    logger.warning("a wave of %s was %s: what it held goes on without it", wave.kind, ending)
    with suppress(ObjectNotFound):
        if ending is WaveEnding.CANCELLED:
            await finish_cancelling(client, wave.flow_run_id)
        else:
            await report_lost(client, wave.flow_run_id)
