"""What a backup says of a database, and what a restored one must not go on with."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text
from sqlmodel import SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.connections import open_connection
from models.references import ReferenceCounter
from models.requests import RequestEvent
from models.statements import execute
from models.tables import ALL

_IS_EMPTY = """
SELECT NOT EXISTS (
    SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname = 'public' AND relkind IN ('r', 'p')
)
"""
#: What was signed out, used up or replaced after the backup would open again: none of it does.
_CLOSED = {
    "sessions": text(
        "UPDATE account_sessions SET ended_at = :now, ended_because = 'operations'"
        " WHERE ended_at IS NULL"
    ),
    "half sign-ins": text("DELETE FROM half_sign_ins"),
    "links of accounts": text(
        "UPDATE account_links SET superseded_at = :now"
        " WHERE superseded_at IS NULL AND used_at IS NULL"
    ),
    "known browsers": text("DELETE FROM known_devices"),
}


class Moment(NamedTuple):
    """How far a database had come."""

    #: By its own clock.
    at: datetime
    #: The last line of any request's history, and when it was written.
    last_line: int
    last_at: datetime | None


async def export_snapshot(session: AsyncSession) -> str:
    """The name by which another session sees what this one sees."""
    return str((await execute(session, text("SELECT pg_export_snapshot()"))).scalar_one())


async def stay_awake(session: AsyncSession) -> None:
    """Let the database see that the session is not given up."""
    await execute(session, text("SELECT 1"))


async def is_empty(address: str) -> bool:
    """Whether the database at this address has no table at all; raises psycopg's errors."""
    connection = await open_connection("mumaris restore", url=address)
    try:
        row = await (await connection.execute(_IS_EMPTY)).fetchone()
    finally:
        await connection.close()
    return row is not None and bool(row[0])


async def moment_of(session: AsyncSession) -> Moment:
    """How far it has come."""
    newest = select(RequestEvent.id, RequestEvent.at).order_by(col(RequestEvent.id).desc()).limit(1)
    line = (await session.exec(newest)).first()
    now = (await session.exec(select(func.now()))).one()
    return Moment(now, 0, None) if line is None else Moment(now, line[0] or 0, line[1])


async def count_rows(session: AsyncSession) -> dict[str, int]:
    """The rows of each table, by its name."""
    return {
        str(table.__tablename__): await _count(session, table)
        for table in sorted(ALL, key=lambda table: str(table.__tablename__))
    }


async def _count(session: AsyncSession, table: type[SQLModel]) -> int:
    return (await session.exec(select(func.count()).select_from(table))).one()


async def close_what_opens(session: AsyncSession, *, now: datetime) -> Mapping[str, int]:
    """End every session and every link of an account; returns how many of each."""
    return {
        what: (await execute(session, statement, {"now": now})).rowcount
        for what, statement in _CLOSED.items()
    }


async def skip_numbers(session: AsyncSession, count: int) -> dict[str, int]:
    """Move every counter on by so many; returns where each stands, by kind, calendar and year."""
    counters = (await session.exec(select(ReferenceCounter).with_for_update())).all()
    for counter in counters:
        counter.last += count
    return {f"{each.kind} {each.calendar} {each.year}": each.last for each in counters}
