"""What a wave does with its members: begin, take a chunk, take a step with it, leave it behind."""

import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from desk.policy import current_policy
from models.clock import database_now
from models.database import glances, patiently, transaction
from models.requests import mark_history_announced
from models.setbacks import Work, note_setback
from models.wave_members import (
    Member,
    is_anybody_waited_for,
    members_now,
    take_members,
    take_waited_for,
)
from models.waves import (
    Wave,
    WaveEnding,
    end_wave,
    leave_wave,
    note_wave,
    release_members,
)
from tasks.runs.setting_aside import found_in, is_away
from tasks.waves.chunk_size import FIRST

logger = logging.getLogger("mumaris.waves")

#: A member that was carried so often and stands where it stood goes on by itself.
MOST_TURNS = 3

#: Takes a step with these requests; returns who has to wait, and until when.
Take = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, datetime]]]


@dataclass
class Chunk:
    """Members that are carried together, as they stood when they were looked at last."""

    members: list[Member]
    #: Who has to wait for something outside, and until when.
    waits: dict[UUID, datetime] = field(default_factory=dict)
    #: Seconds of the longest step that was taken with them.
    longest: float = 0.0

    def __len__(self) -> int:
        return len(self.members)

    @property
    def is_of_a_file(self) -> bool:
        """Whether nobody waits at a page for any of them."""
        return all(member.in_bulk for member in self.members)


@patiently
async def begin_wave(wave_id: UUID, flow_run_id: UUID) -> Wave | None:
    """Note that this run carries the wave; None where it is over, or another run's."""
    async with transaction() as session:
        wave = await session.get(Wave, wave_id, with_for_update=True)
        if wave is None or wave.ended_at is not None:
            return None
        if wave.flow_run_id not in {None, flow_run_id}:
            return None
        wave.flow_run_id = flow_run_id
        wave.checked_at = await database_now(session)
        return wave


@patiently
async def take_chunk(wave: Wave, size: int) -> Chunk:
    """The wave's next members; none where nobody wants to be carried, or the wave is over."""
    async with transaction() as session:
        now = await database_now(session)
        if not await note_wave(session, wave.id, checked_at=now):
            return Chunk([])
        return Chunk(await take_members(session, wave, limit=size, now=now))


@patiently
async def take_waited_for_now(wave: Wave) -> Chunk:
    """Those that somebody waits for, and that came since: mostly none, which costs one look.

    They may be carried beside the chunk that the wave has in its hands.
    """
    async with glances() as connection:
        if not await is_anybody_waited_for(connection, wave):
            return Chunk([])
    async with transaction() as session:
        now = await database_now(session)
        if not await note_wave(session, wave.id, checked_at=now):
            return Chunk([])
        return Chunk(await take_waited_for(session, wave, limit=FIRST, now=now))


async def take_step(wave: Wave, chunk: Chunk, due: Sequence[UUID], take: Take) -> None:
    """Take a step with the members for whom it is due; one that cannot be helped is left behind.

    Where it fails for many it is tried for each half of them, down to the one that it fails for:
    that one is set aside, and goes on by itself. Raises what is no fault of a request.
    """
    begun = time.monotonic()
    await _take_by_halves(wave, chunk, due, take)
    chunk.longest = max(chunk.longest, time.monotonic() - begun)
    chunk.members = await _as_they_stand(wave, [member.id for member in chunk.members])


async def _take_by_halves(wave: Wave, chunk: Chunk, due: Sequence[UUID], take: Take) -> None:
    try:
        chunk.waits |= await take(due)
    except Exception as fault:
        if is_away(fault):
            raise
        if len(due) == 1:
            await _leave_behind(wave, due[0], fault)
            return
        middle = len(due) // 2
        await _take_by_halves(wave, chunk, due[:middle], take)
        await _take_by_halves(wave, chunk, due[middle:], take)


@patiently
async def leave_chunk(wave: Wave, chunk: Chunk) -> None:
    """Let the members wait where they stand; those that want more stay in the wave."""
    ids = [member.id for member in chunk.members]
    async with transaction() as session:
        now = await database_now(session)
        row = await session.get_one(Wave, wave.id, with_for_update=True)
        await leave_wave(session, row, ids, waits=chunk.waits, now=now)
        if not current_policy().waves.own_runs_per_second:
            # Nothing will show them one by one: the wave's own table has said it.
            await mark_history_announced(session, ids, at=now)
        wave.carried = row.carried


@patiently
async def let_go(wave: Wave, ids: Sequence[UUID]) -> None:
    """Let these members go on by themselves."""
    async with transaction() as session:
        await release_members(session, wave, ids)


@patiently
async def finish_wave(wave: Wave) -> None:
    """The wave is over: nobody wants to be carried."""
    async with transaction() as session:
        await end_wave(session, wave.id, WaveEnding.CARRIED, now=await database_now(session))


@patiently
async def _as_they_stand(wave: Wave, ids: Sequence[UUID]) -> list[Member]:
    async with transaction() as session:
        return await members_now(session, wave, ids)


@patiently
async def _leave_behind(wave: Wave, request_id: UUID, fault: Exception) -> None:
    found = found_in(fault)
    async with transaction() as session:
        now = await database_now(session)
        await note_setback(
            session, request_id, Work.RUN, reason=found.reason, detail=found.detail, now=now
        )
        await release_members(session, wave, [request_id])
    logger.warning("a request left its wave (%s): %s", found.reason, found.detail)
