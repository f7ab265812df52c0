"""What Prefect shows of a wave: its name, a bar that moves, a table of outcomes.

Told beside the work and never waited for: a server that hangs does not hold up a member.
"""

import asyncio
import logging
from contextlib import suppress
from uuid import UUID

import httpx
from prefect.artifacts import (
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectException

from models.waves import Wave
from tasks.runs.in_prefect import wave_name

logger = logging.getLogger("mumaris.waves")

#: Seconds between two moves of the bar.
EVERY = 1.0
#: How long the last word may take, in seconds.
LAST_WORD = 10.0


class ShownWave:
    """What is shown of one wave's run, until it is closed."""

    def __init__(self, flow_run_id: UUID) -> None:
        self._flow_run_id = flow_run_id
        self._bar: UUID | None = None
        self._newest: Wave | None = None
        self._telling: asyncio.Task[None] | None = None

    async def aclose(self) -> None:
        """Tell nothing more."""
        if self._telling is not None:
            self._telling.cancel()
            with suppress(asyncio.CancelledError):
                await self._telling

    def tell(self, wave: Wave) -> None:
        """Move the bar, soon."""
        self._newest = wave
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell())

    async def end(self, wave: Wave) -> str:
        """Show the outcome; returns it in a sentence."""
        said = summary(wave)
        try:
            async with asyncio.timeout(LAST_WORD):
                await self._name(wave)
                await self._move_bar(wave)
                await acreate_table_artifact(
                    outcomes(wave),
                    key=f"wave-{wave.id}",
                    description=f"Where the wave left its requests: {said}",
                )
        except (httpx.HTTPError, PrefectException, TimeoutError) as away:
            logger.warning("Prefect is not told what a wave did (%s)", type(away).__name__)
        return said

    async def _tell(self) -> None:
        try:
            while self._newest is not None:
                wave, self._newest = self._newest, None
                await self._move_bar(wave)
                await asyncio.sleep(EVERY)
        except (httpx.HTTPError, PrefectException) as away:
            logger.warning("Prefect is not told of a wave now (%s)", type(away).__name__)

    async def _move_bar(self, wave: Wave) -> None:
        done = 100 * sum(wave.carried.values()) / max(wave.size, 1)
        if self._bar is None:
            self._bar = await acreate_progress_artifact(
                done, key=f"wave-{wave.id}-progress", description=wave_name(wave)
            )
        else:
            await aupdate_progress_artifact(self._bar, done, description=wave_name(wave))

    async def _name(self, wave: Wave) -> None:
        async with get_client() as client:
            await client.update_flow_run(self._flow_run_id, name=wave_name(wave))


def outcomes(wave: Wave) -> list[dict[str, str | int]]:
    """A line for each status that members were left in."""
    return [
        {"where they stand": _words(status), "requests": number}
        for status, number in sorted(wave.carried.items())
    ] or [{"where they stand": "nobody was left to carry", "requests": 0}]


def summary(wave: Wave) -> str:
    """The outcome in a sentence."""
    carried = ", ".join(
        f"{number:,} {_words(status)}" for status, number in sorted(wave.carried.items())
    )
    return f"{sum(wave.carried.values()):,} carried: {carried}" if carried else "nobody to carry"


def _words(status: str) -> str:
    return status.replace("_", " ")
