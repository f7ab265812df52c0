"""The members of a wave: whom it takes, in which order, and what it knows of each meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request
from models.run_indexes import WAITED_FOR
from models.run_states import RunState
from models.statements import execute
from models.waves import WANTS_CARRYING, Wave
from rules.requests.statuses import Status

_IS_WAITED_FOR = text(f"""
SELECT EXISTS (SELECT FROM requests WHERE kind = :kind AND {WAITED_FOR} AND {WANTS_CARRYING})
""")  # noqa: S608 - texts of our own
# Those that somebody has moved first; then the oldest.
_TAKE = """
UPDATE requests SET run_state = 'in_wave', wave_id = :wave, run_checked_at = :now, wake_at = NULL
WHERE id IN (
    SELECT id FROM requests WHERE kind = :kind AND {these} AND {wants}
    ORDER BY run_state = 'wanted', submitted_at LIMIT :limit FOR UPDATE SKIP LOCKED
)
RETURNING id
"""
_TAKE_WAITED_FOR = text(_TAKE.format(these=WAITED_FOR, wants=WANTS_CARRYING))
_TAKE_OF_A_FILE = text(_TAKE.format(these="in_bulk", wants=WANTS_CARRYING))


class Member(NamedTuple):
    """What a wave knows of a request that it carries; the steps read the row when they take it."""

    id: UUID
    tracking_code: str
    status: Status
    reference_number: str | None
    in_bulk: bool


_OF_A_MEMBER = [col(getattr(Request, name)) for name in Member._fields]


async def take_members(
    session: AsyncSession, wave: Wave, *, limit: int, now: datetime
) -> list[Member]:
    """The wave's next members: those left of its last chunk, else new ones, up to ``limit``.

    Those that somebody waits for come first, and without the others, so that they wait for nobody
    of a file; then those that were moved, then the oldest. Of those that two would take at once
    each is taken by one.
    """
    held = await _members(session, wave, limit)
    if held:
        return held
    parameters = {"wave": wave.id, "kind": wave.kind.value, "limit": limit, "now": now}
    for take in (_TAKE_WAITED_FOR, _TAKE_OF_A_FILE):
        if (await execute(session, take, parameters)).all():
            return await _members(session, wave, limit)
    return []


async def is_anybody_waited_for(connection: AsyncConnection, wave: Wave) -> bool:
    """Whether somebody waits at a page for a request that the wave may take."""
    found = await connection.execute(_IS_WAITED_FOR, {"kind": wave.kind.value})
    return bool(found.scalar_one())


async def take_waited_for(
    session: AsyncSession, wave: Wave, *, limit: int, now: datetime
) -> list[Member]:
    """New members that somebody waits for, beside those that the wave has in its hands."""
    parameters = {"wave": wave.id, "kind": wave.kind.value, "limit": limit, "now": now}
    taken = (await execute(session, _TAKE_WAITED_FOR, parameters)).scalars().all()
    return await members_now(session, wave, taken)


async def _members(session: AsyncSession, wave: Wave, limit: int) -> list[Member]:
    query = (
        select(*_OF_A_MEMBER)
        .where(col(Request.wave_id) == wave.id, col(Request.run_state) == RunState.IN_WAVE)
        .order_by(col(Request.in_bulk), col(Request.submitted_at))
        .limit(limit)
    )
    return [Member(*row) for row in await execute(session, query)]


async def members_now(session: AsyncSession, wave: Wave, ids: Sequence[UUID]) -> list[Member]:
    """These members as they stand now, those left out that the wave holds no more."""
    query = select(*_OF_A_MEMBER).where(
        col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))),
        col(Request.wave_id) == wave.id,
        col(Request.run_state) == RunState.IN_WAVE,
    )
    return [Member(*row) for row in await execute(session, query)]
