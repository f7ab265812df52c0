"""The database: whether it is one that we can work on, and who we are there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cli.running import run
from cli.work.doctor.findings import Finding
from desk.clock import utc_now
from desk.operations.health import look_at_health
from models.installation import ServerFacts, schema_trouble, server_facts, sessions_are_shared
from models.migrate import migrate
from models.schema import Schema, SchemaMismatch

#: The oldest version that its makers still mend, and that this program was tried with.
_OLDEST = 15
_ZONES = frozenset({"UTC", "Etc/UTC", "GMT", "Asia/Riyadh"})
#: The pages count seconds (a decision that can be taken back) by their machine's clock.
_CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True)
class DatabaseSeen:
    """What was found there."""

    server: ServerFacts
    #: By how much this machine's clock is before the database's.
    ahead: timedelta
    schema: SchemaMismatch | None
    sessions_shared: bool


def of_database() -> Iterator[Finding]:
    """What ``DATABASE_URL`` leads to; raises what stands in the way of looking."""
    seen = run(_look)
    for check in _CHECKS:
        yield from check(seen)
    if seen.schema is None:
        run(look_at_health)  # writes, and raises where that is refused


async def _look() -> DatabaseSeen:
    await server_facts()  # reaches it, so that the next answer takes no longer than it must
    before = utc_now()
    server = await server_facts()
    ahead = before + (utc_now() - before) / 2 - server.now
    return DatabaseSeen(server, ahead, await schema_trouble(), await sessions_are_shared())


def _version(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.server.version < _OLDEST:
        yield Finding(
            code="database_old",
            stops=True,
            what=f"The database is PostgreSQL {seen.server.version}.",
            why=f"This program was tried with {_OLDEST} and newer; older ones are mended no more.",
            command="pg_upgrade --help",
        )


def _encoding(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.server.encoding != "UTF8":
        yield Finding(
            code="database_encoding",
            stops=True,
            what=f"The database keeps text as {seen.server.encoding}.",
            why="Arabic names cannot be kept, or not be searched.",
            command="createdb --encoding UTF8 --template template0 mumaris",
        )


def _schema(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.schema is None:
        return
    if seen.schema.standing is Schema.AHEAD:
        yield Finding(
            code="schema_ahead",
            stops=True,
            what="A newer version has migrated the database.",
            why="This one may write what that one does not expect.",
        )
        return
    is_empty = seen.schema.found is None
    yield Finding(
        code="schema_behind",
        stops=True,
        what=f"The database lacks tables of this version: {seen.schema}.",
        why="No process of this version starts.",
        command="mumaris migrate",
        # Where something is kept, a backup comes first, and that is somebody's to say.
        mend=migrate if is_empty else None,
    )


def _pooling(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.sessions_shared:
        yield Finding(
            code="sessions_shared",
            stops=True,
            what="A pooler gives one session to several connections (transaction mode).",
            why="Locks and doorbells are a session's: two workers would do the same work.",
            command="pool_mode = session (pgbouncer.ini), or connect directly",
        )


def _time_zone(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.server.time_zone not in _ZONES:
        yield Finding(
            code="database_time_zone",
            stops=False,
            what=f"The database counts days in {seen.server.time_zone}.",
            why="The day on which somebody comes on file is the database's, and may be another.",
            command="ALTER DATABASE … SET timezone = 'Asia/Riyadh'",
        )


def _roles(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.server.rules_the_server:
        yield Finding(
            code="database_role_rules",
            stops=False,
            what=f"We sign in to the database as {seen.server.role}, who may do more than we need.",
            why="Whoever gets hold of our address rules the server, and every database on it.",
            command="CREATE ROLE mumaris LOGIN; ALTER DATABASE … OWNER TO mumaris",
        )
    if seen.server.anybody_makes_tables:
        yield Finding(
            code="anybody_makes_tables",
            stops=False,
            what="Every role of the database's server may make tables beside ours.",
            why="One of them could stand in for a table of ours.",
            command="REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        )


def _transport(seen: DatabaseSeen) -> Iterator[Finding]:
    if seen.server.in_the_clear:
        yield Finding(
            code="database_without_tls",
            stops=False,
            what="What we say to the database goes over the network without TLS.",
            why="People's details could be read on the way.",
            command="add ?sslmode=verify-full&sslrootcert=… to DATABASE_URL",
        )


def _clock(seen: DatabaseSeen) -> Iterator[Finding]:
    if abs(seen.ahead) > _CLOCKS_DIFFER:
        yield Finding(
            code="clocks_differ",
            stops=False,
            what=f"This machine's clock is {seen.ahead.total_seconds():+.0f} s off the database's.",
            why="Pages count seconds by one of them, and the worker by the other.",
            command="timedatectl status",
        )


_CHECKS = (_version, _encoding, _schema, _pooling, _time_zone, _roles, _transport, _clock)
