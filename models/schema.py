"""Which schema the database has, and which one this version was written for."""

from contextlib import suppress
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.errors import UndefinedTable
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.connections import open_connection
from models.statements import execute
from rules.errors import Unavailable

#: One file for each step, named by its revision; they follow each other.
VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"
#: With the revision whose program may still run on it, as `migrations.checks.works_from` notes it.
_QUESTION = """
SELECT version_num, obj_description('alembic_version'::regclass, 'pg_class') FROM alembic_version
"""


class SchemaMismatch(Unavailable):
    """The database was made for another version of this program; nothing was done."""

    def __init__(self, found: str | None, needed: str, works_from: str | None = None) -> None:
        has = f"is at {found}" if found else "has no tables yet"
        if _standing(found, works_from) is Schema.BEHIND:
            todo = f"this version needs {needed}: run `mumaris migrate`"
        else:
            todo = f"this version knows {needed} at most: install the version that migrated it"
        super().__init__(f"the database schema {has}, and {todo}")
        self.found = found
        self.needed = needed
        self.standing = _standing(found, works_from)


class Schema(StrEnum):
    """How the database's tables stand to this version of the code."""

    CURRENT = "current"
    #: `mumaris migrate` has not been run.
    BEHIND = "behind"
    #: A newer version has added to them, and this one works on: it is about to be replaced.
    EXPANDED = "expanded"
    #: A newer version has migrated them, and taken away what this one may need.
    AHEAD = "ahead"


@cache
def known_revisions() -> frozenset[str]:
    """The revisions that this version knows."""
    return frozenset(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


def needed_revision() -> str:
    """The revision that this version was written for: the last one."""
    return max(known_revisions())


async def schema_of(session: AsyncSession) -> Schema:
    """Whether the tables are those of this version."""
    row = (await execute(session, text(_QUESTION))).one_or_none()
    return _standing(*(row or (None, None)))


async def check_schema(connection: AsyncConnection[Any]) -> None:
    """Raise `SchemaMismatch` where the database's schema is not one that this version works on.

    That is its own, and a newer one that only adds to it: while a new version takes over, processes
    of the old one may be started again.
    """
    try:
        row = await (await connection.execute(_QUESTION)).fetchone()
    except UndefinedTable:
        row = None
    finally:
        await connection.rollback()
    found, works_from = row or (None, None)
    if _standing(found, works_from) not in {Schema.CURRENT, Schema.EXPANDED}:
        raise SchemaMismatch(found, needed_revision(), works_from)


async def check_schema_at_start() -> None:
    """As `check_schema`, for a process that is starting.

    A database that is away is another matter: whoever needs it waits for it.
    """
    with suppress(OperationalError):
        connection = await open_connection("mumaris", autocommit=False)
        try:
            await check_schema(connection)
        finally:
            await connection.close()


def _standing(found: str | None, works_from: str | None) -> Schema:
    if found == needed_revision():
        return Schema.CURRENT
    if found is None or found in known_revisions():
        return Schema.BEHIND
    return Schema.EXPANDED if works_from in known_revisions() else Schema.AHEAD
