"""What PostgreSQL says of itself and of us, for whoever sets an installation up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import class_row

from models.connections import open_connection
from models.schema import SchemaMismatch, check_schema

_NAME = "mumaris doctor"
_FACTS = """
SELECT current_setting('server_version_num')::int / 10000 AS version,
       current_setting('server_encoding') AS encoding,
       current_setting('TimeZone') AS time_zone,
       current_user AS role,
       rolsuper OR rolcreaterole OR rolreplication AS rules_the_server,
       has_schema_privilege('public', 'public', 'CREATE') AS anybody_makes_tables,
       COALESCE((SELECT NOT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), true)
         AND inet_client_addr() IS DISTINCT FROM inet_server_addr() AS in_the_clear,
       clock_timestamp() AS now
FROM pg_roles WHERE rolname = current_user
"""


@dataclass(frozen=True, kw_only=True)
class ServerFacts:
    """Nobody's data, and no password."""

    #: The major version, such as 17.
    version: int
    encoding: str
    #: As sessions of ours have it.
    time_zone: str
    #: Whom we sign in as.
    role: str
    #: Whether that role may do what is not ours to do: whatever it likes, or make itself others.
    rules_the_server: bool
    #: Whether every role of the server may make tables beside ours.
    anybody_makes_tables: bool
    #: Whether what we say goes to another machine without TLS.
    in_the_clear: bool
    #: By its clock.
    now: datetime


async def server_facts() -> ServerFacts:
    """Ask the server that ``DATABASE_URL`` names, whatever its tables are; changes nothing."""
    async with (
        await open_connection(_NAME) as connection,
        connection.cursor(row_factory=class_row(ServerFacts)) as cursor,
    ):
        found = await (await cursor.execute(_FACTS)).fetchone()
    assert found is not None  # noqa: S101 - the role that asks is among the roles
    return found


async def schema_trouble() -> SchemaMismatch | None:
    """Why the tables are not this version's; None where they are."""
    async with await open_connection(_NAME, autocommit=False) as connection:
        try:
            await check_schema(connection)
        except SchemaMismatch as mismatch:
            return mismatch
    return None


async def sessions_are_shared() -> bool:
    """Whether a pooler gives one session to several connections, transaction by transaction.

    What we keep in a session (locks, what it listens to, its limits) would be lost, or another's.
    """
    async with await open_connection(_NAME) as one, await open_connection(_NAME) as another:
        first = await _session(one)
        async with another.transaction():
            return await _session(another) == first


async def _session(connection: AsyncConnection[Any]) -> int:
    row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
    return int(row[0]) if row else 0
