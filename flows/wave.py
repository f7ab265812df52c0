"""The spine of a wave: one run that takes many requests of a kind through the same steps.

It holds nothing: its members are taken from our database a chunk at a time, and each step begins
only with those that stand at its beginning. People are waited for by nobody here; whoever is left
waiting is carried on, by a wave or by a run of its own, when they have acted.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
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
from tasks.waves.members import (
    MOST_TURNS,
    Chunk,
    begin_wave,
    finish_wave,
    leave_chunk,
    let_go,
    take_chunk,
    take_step,
)
from tasks.waves.shown import ShownWave

#: A burst does not come in one instant: a wave that has nobody left looks again so often, after so
#: many seconds each, before it ends.
LOOKS, LOOK_AFTER = 8, 0.1


class WaveRun:
    """One run's way with a wave."""

    def __init__(self, wave: Wave | None, shown: ShownWave) -> None:
        self._wave = wave
        self._chunk = Chunk([])
        self._shown = shown
        self._turns: Counter[UUID] = Counter()

    @classmethod
    @asynccontextmanager
    async def of(cls, wave: UUID) -> AsyncIterator[Self]:
        """Begin: note that this run carries the wave, and show the sweep that it is alive."""
        context = FlowRunContext.get()
        if context is None or context.flow_run is None:
            raise RuntimeError("a wave needs a flow run")
        async with carrying(wave), aclosing(ShownWave(context.flow_run.id)) as shown:
            yield cls(await begin_wave(wave, context.flow_run.id), shown)

    async def next_members(self) -> bool:
        """Take the next chunk; False when nobody has wanted to be carried for a moment."""
        if self._wave is None:
            return False
        for _ in range(LOOKS):
            self._chunk = await take_chunk(self._wave)
            if self._chunk:
                self._turns.update(member.id for member in self._chunk.members)
                return True
            await asyncio.sleep(LOOK_AFTER)
        return False

    async def step(self, step: Step) -> None:
        """Take the step with those members for whom it is due."""
        due = [
            member.id
            for member in self._chunk.members
            if step.is_due(member) and member.id not in self._chunk.waits
        ]
        if due and self._wave is not None:
            await take_step(self._wave, self._chunk, due, _together(step))

    async def leave(self) -> None:
        """Leave the members where they wait now for people, or have come to their end."""
        if self._wave is None:
            return
        await leave_chunk(self._wave, self._chunk)
        stuck = [member.id for member in self._chunk.members if self._is_stuck(member.id)]
        if stuck:
            await let_go(self._wave, stuck)
        self._shown.tell(self._wave)

    async def end(self) -> State[Any]:
        """The run's last state: how many were carried, and where they stand."""
        if self._wave is None:
            return Completed(name="Over", message="the wave is over, or another run carries it")
        await finish_wave(self._wave)
        return Completed(name="Carried", message=await self._shown.end(self._wave))

    def _is_stuck(self, request_id: UUID) -> bool:
        return self._turns[request_id] >= MOST_TURNS


@cache
def _together(step: Step) -> Task[..., Any]:
    """The step with many, as Prefect shows it."""
    return step_task(step.name)(step.together)
