"""What we know of a request's Prefect run, and who is carrying it at this moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, OperationalError
from sqlalchemy import and_, or_
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.connections import open_connection
from models.database import patiently
from models.requests import Request, RequestEvent
from models.run_states import RunState

#: A run that was made or woken this long ago and that no process carries is looked up. Longer than
#: Prefect's process worker needs to start an interpreter (measured: 8-12 s with its polling).
QUIET_FOR = timedelta(seconds=20)
#: A run whose body has begun is carried from its first line on, so its silence is noticed sooner.
LOST_FOR = timedelta(seconds=2)


async def runs_to_look_at(session: AsyncSession, *, now: datetime, limit: int) -> list[Request]:
    """Requests whose run is to be made, woken, restarted or confirmed, longest ignored first."""
    query = (
        select(Request)
        .where(
            col(Request.run_state) != RunState.SETTLED,
            or_(
                col(Request.run_state) == RunState.WANTED,
                and_(
                    col(Request.run_state).in_([RunState.SUSPENDING, RunState.WAITING]),
                    or_(
                        col(Request.waits_in) != col(Request.status),
                        col(Request.wake_at) <= now,
                    ),
                ),
                and_(
                    col(Request.run_state) == RunState.BROKEN,
                    col(Request.wake_at) <= now,
                ),
                and_(
                    col(Request.run_state) == RunState.STARTED,
                    col(Request.run_checked_at) < now - QUIET_FOR,
                ),
                and_(
                    col(Request.run_state).in_(
                        [RunState.RUNNING, RunState.SUSPENDING, RunState.ENDED]
                    ),
                    col(Request.run_checked_at) < now - LOST_FOR,
                ),
            ),
        )
        .order_by(col(Request.run_checked_at).asc().nulls_first())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def codes_of_runs(session: AsyncSession, flow_run_ids: list[UUID]) -> list[str]:
    """The tracking codes of the requests that these runs carry and that are not settled."""
    query = select(Request.tracking_code).where(
        col(Request.flow_run_id).in_(flow_run_ids),
        col(Request.run_state) != RunState.SETTLED,
    )
    return list((await session.exec(query)).all())


async def requests_with_news(
    session: AsyncSession, *, older_than: datetime, limit: int
) -> list[Request]:
    """Requests whose suspended run cannot show what has happened since it suspended itself."""
    news = select(RequestEvent.request_id).where(
        col(RequestEvent.announced_at).is_(None), col(RequestEvent.at) < older_than
    )
    query = (
        select(Request)
        .where(col(Request.id).in_(news), col(Request.run_state) == RunState.WAITING)
        .limit(limit)
    )
    return list((await session.exec(query)).all())


class _Presence:
    """One connection of this process; the requests it carries are shared advisory locks on it.

    The locks go when the process dies, whatever kills it: the kernel closes the connection. That
    is how the sweep tells a run that is at work from one that is lost.
    """

    def __init__(self) -> None:
        self._connection: AsyncConnection[Any] | None = None
        self._mutex = asyncio.Lock()
        self._carried: Counter[UUID] = Counter()

    @patiently
    async def enter(self, request_id: UUID) -> None:
        """Hold the request's lock; a connection that PostgreSQL has closed is made anew."""
        async with self._mutex:
            if self._connection is None or self._connection.closed:
                self._connection = await open_connection("mumaris presence")
                for carried in self._carried.elements():
                    await self._connection.execute(_LOCK, [str(carried)])
            await self._connection.execute(_LOCK, [str(request_id)])
            self._carried[request_id] += 1

    async def leave(self, request_id: UUID) -> None:
        async with self._mutex:
            self._carried[request_id] -= 1
            self._carried += Counter()  # drops what is no longer carried
            if self._connection is None:
                return
            if self._carried and not self._connection.closed:
                # A connection that PostgreSQL has closed held no lock any more.
                with suppress(OperationalError):
                    await self._connection.execute(_UNLOCK, [str(request_id)])
            else:
                await self._connection.close()
                self._connection = None


_KEY = "hashtextextended('mumaris:run:' || %s, 0)"
_LOCK = f"SELECT pg_advisory_lock_shared({_KEY})"
_UNLOCK = f"SELECT pg_advisory_unlock_shared({_KEY})"
_presences: WeakKeyDictionary[asyncio.AbstractEventLoop, _Presence] = WeakKeyDictionary()


@asynccontextmanager
async def carrying(request_id: UUID) -> AsyncIterator[None]:
    """Show the sweep that this process is carrying the request's run, until it leaves or dies."""
    presence = _presences.setdefault(asyncio.get_running_loop(), _Presence())
    await presence.enter(request_id)
    try:
        yield
    finally:
        await presence.leave(request_id)


async def is_carried(session: AsyncSession, request_id: UUID) -> bool:
    """Whether some process, anywhere, is carrying the request's run at this moment."""
    key = func.hashtextextended(f"mumaris:run:{request_id}", 0)
    free = (await session.exec(select(func.pg_try_advisory_xact_lock(key)))).one()
    return not free
