"""What we know of a request's Prefect run, and who is carrying it at this moment."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection, OperationalError
from sqlalchemy import and_, case, not_, or_, text, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from models.connections import open_connection
from models.database import patiently
from models.requests import Request, RequestEvent
from models.run_indexes import IN_MOTION
from models.run_states import RunState
from models.setbacks import Setback, Work, not_put_off, setback_of
from models.waves import WANTS_CARRYING
from rules.requests.statuses import Kind

#: A run that was made or woken this long ago and that no process carries is looked up. Longer than
#: Prefect's process worker needs to start an interpreter (measured: 8-12 s with its polling).
QUIET_FOR = timedelta(seconds=20)
#: A run whose body has begun is carried from its first line on, so its silence is noticed sooner.
LOST_FOR = timedelta(seconds=2)


@dataclass(frozen=True)
class Due:
    """A request that the sweep has something to do for; its row is read when its turn comes.

    One row that cannot be read (a status of a newer version) must not hide the others.
    """

    id: UUID
    tracking_code: str
    #: Whether the last attempt failed.
    troubled: bool = False


async def runs_to_look_at(
    session: AsyncSession,
    *,
    now: datetime,
    limit: int,
    except_for: Collection[UUID] = (),
    in_waves: Collection[Kind] = (),
) -> list[Due]:
    """Requests whose run is to be made, woken, restarted or confirmed.

    Of the kinds ``in_waves`` not those that a wave takes.

    Those that somebody has moved come first: people wait for what follows their decision or click,
    and a burst of submissions must not keep them. Then the longest ignored.
    """
    moved = and_(
        col(Request.run_state).in_([RunState.SUSPENDING, RunState.WAITING]),
        or_(col(Request.waits_in) != col(Request.status), col(Request.wake_at) <= now),
    )
    query = (
        _due(Work.RUN, now)
        .where(
            text(IN_MOTION),
            not_(and_(col(Request.kind).in_(in_waves), text(WANTS_CARRYING))),
            col(Request.id).not_in(except_for),
            or_(
                col(Request.run_state) == RunState.WANTED,
                moved,
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
        .order_by(
            case((moved, 0), else_=1),
            func.coalesce(col(Request.run_checked_at), col(Request.submitted_at)),
        )
        .limit(limit)
    )
    return await _all(session, query)


async def is_any_to_be_taken(session: AsyncSession) -> bool:
    """Whether a run was made or woken, and no worker has begun it yet."""
    query = (
        select(Request.id)
        .where(text(IN_MOTION), col(Request.run_state) == RunState.STARTED)
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def waiting_runs(
    session: AsyncSession, *, seen_before: datetime, limit: int
) -> dict[UUID, tuple[Due, str]]:
    """Runs that wait for people, longest unseen first, each with its request and kind."""
    query = (
        select(Request.flow_run_id, Request.id, Request.tracking_code, Request.kind)
        .where(
            col(Request.run_state) == RunState.WAITING,
            col(Request.run_checked_at) < seen_before,
            col(Request.flow_run_id).is_not(None),
        )
        .order_by(col(Request.run_checked_at))
        .limit(limit)
    )
    found = (await session.exec(query)).all()
    return {row[0]: (Due(row[1], row[2]), row[3]) for row in found if row[0] is not None}


async def note_seen(session: AsyncSession, ids: Collection[UUID], *, now: datetime) -> None:
    """Write down that the runs of these requests were seen to wait."""
    await session.exec(
        update(Request)
        .where(col(Request.id).in_(ids), col(Request.run_state) == RunState.WAITING)
        .values(run_checked_at=now)
    )


async def requests_of_runs(
    session: AsyncSession, flow_run_ids: Collection[UUID], *, now: datetime
) -> list[Due]:
    """The requests that these runs carry and that are not settled."""
    query = _due(Work.CANCELLATION, now).where(
        col(Request.flow_run_id).in_(flow_run_ids),
        col(Request.run_state) != RunState.SETTLED,
    )
    return await _all(session, query)


async def requests_with_news(
    session: AsyncSession, *, older_than: datetime, now: datetime, limit: int
) -> list[Due]:
    """Requests whose suspended run cannot show what has happened since it suspended itself."""
    news = select(RequestEvent.request_id).where(
        col(RequestEvent.announced_at).is_(None), col(RequestEvent.at) < older_than
    )
    query = (
        _due(Work.NEWS, now)
        .where(
            col(Request.id).in_(news),
            col(Request.run_state) == RunState.WAITING,
            col(Request.flow_run_id).is_not(None),
        )
        .limit(limit)
    )
    return await _all(session, query)


_Query = Select[UUID, str, datetime]


def _due(work: Work, now: datetime) -> _Query:
    return (
        select(Request.id, Request.tracking_code, Setback.retry_at)
        .outerjoin(Setback, setback_of(work))
        .where(not_put_off(now))
    )


async def _all(session: AsyncSession, query: _Query) -> list[Due]:
    found = (await session.exec(query)).all()
    return [Due(row[0], row[1], troubled=row[2] is not None) for row in found]


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


async def note_run(session: AsyncSession, request: Request, **values: object) -> bool:
    """Write these columns of the request, unless its run has moved since the row was read.

    Returns whether it was written; of two who saw the same, one writes.
    """
    noted = await session.exec(
        update(Request)
        .where(
            col(Request.id) == request.id,
            col(Request.run_state) == request.run_state,
            col(Request.pause_count) == request.pause_count,
            col(Request.flow_run_id).is_not_distinct_from(request.flow_run_id),
        )
        .values(**values)
    )
    return noted.rowcount > 0
