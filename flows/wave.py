"""The spine of a wave: one run that takes many requests of a kind through the same steps.

It holds nothing: its members are taken from our database a chunk at a time, and each step begins
only with those that stand at its beginning. Whoever somebody waits for goes ahead of a file's rows.
People are waited for by nobody here; whoever is left waiting is carried on, by a wave or by a run
of its own, when they have acted.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from functools import cache
from typing import Any, Self
from uuid import UUID

from prefect import Task
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from models.runs import carrying
from models.waves import Wave
from tasks.retrying import step_task
from tasks.steps.step import Step
from tasks.waves.chunk_size import FIRST, next_size
from tasks.waves.members import (
    MOST_TURNS,
    Chunk,
    begin_wave,
    finish_wave,
    leave_chunk,
    let_go,
    take_chunk,
    take_step,
    take_waited_for_now,
)
from tasks.waves.shown import ShownWave

#: A burst does not come in one instant: a wave that has nobody left looks again so often, after so
#: many seconds each, before it ends.
LOOKS, LOOK_AFTER = 8, 0.1


class WaveRun:
    """One run's way with a wave."""

    def __init__(self, wave: Wave | None, shown: ShownWave) -> None:
        self._wave = wave
        self._shown = shown
        self._turns: Counter[UUID] = Counter()
        self._size = FIRST

    @classmethod
    @asynccontextmanager
    async def of(cls, wave: UUID) -> AsyncIterator[Self]:
        """Begin: note that this run carries the wave, and show the sweep that it is alive."""
        context = FlowRunContext.get()
        if context is None or context.flow_run is None:
            raise RuntimeError("a wave needs a flow run")
        async with carrying(wave), aclosing(ShownWave(context.flow_run.id)) as shown:
            yield cls(await begin_wave(wave, context.flow_run.id), shown)

    async def carry(self, *steps: Step) -> State[Any]:
        """Take all of them through these steps, until nobody has wanted to be carried for a moment.

        Returns the run's last state: how many were carried, and where they stand.
        """
        if self._wave is None:
            return Completed(name="Over", message="the wave is over, or another run carries it")
        while chunk := await self._next_members(self._wave):
            await self._take_through(self._wave, chunk, steps)
        await finish_wave(self._wave)
        return Completed(name="Carried", message=await self._shown.end(self._wave))

    async def _next_members(self, wave: Wave) -> Chunk:
        for _ in range(LOOKS):
            if chunk := await take_chunk(wave, self._size):
                return chunk
            await asyncio.sleep(LOOK_AFTER)
        return Chunk([])

    async def _take_through(self, wave: Wave, chunk: Chunk, steps: Sequence[Step]) -> None:
        """Take a chunk through the steps, and leave it where its members wait now for people.

        Whoever came alone meanwhile, and waits at a page, goes ahead of a file's next step.
        """
        self._turns.update(member.id for member in chunk.members)
        for step in steps:
            if not await _take(wave, chunk, step) or not chunk.is_of_a_file:
                continue
            if ahead := await take_waited_for_now(wave):
                await self._take_through(wave, ahead, steps)
        await leave_chunk(wave, chunk)
        if chunk.is_of_a_file:
            self._size = next_size(self._size, len(chunk), chunk.longest)
        stuck = [member.id for member in chunk.members if self._is_stuck(member.id)]
        if stuck:
            await let_go(wave, stuck)
        self._shown.tell(wave)

    def _is_stuck(self, request_id: UUID) -> bool:
        return self._turns[request_id] >= MOST_TURNS


async def _take(wave: Wave, chunk: Chunk, step: Step) -> bool:
    """Take the step with those of the chunk for whom it is due; whether there were any."""
    due = [
        member.id
        for member in chunk.members
        if step.is_due(member) and member.id not in chunk.waits
    ]
    if due:
        await take_step(wave, chunk, due, _together(step))
    return bool(due)


@cache
def _together(step: Step) -> Task[..., Any]:
    """The step with many, as Prefect shows it."""
    return step_task(step.name)(step.together)
