"""How every connection to our database is opened, and for how long it may hold anything up.

The only place that opens one: tests/architecture walks the tree and says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from models.settings import DatabaseSettings, libpq_url

# Whoever vanishes without a word (power, network) is found dead after half a minute, by us and by
# PostgreSQL: the system's own two hours would keep their locks for so long. Unix sockets need none.
_KEEPALIVE_IDLE, _KEEPALIVE_INTERVAL, _KEEPALIVE_COUNT = 15, 5, 3
_UNANSWERED_MS = 30_000
#: What a database's address may say otherwise.
_OURS: Mapping[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": _KEEPALIVE_IDLE,
    "keepalives_interval": _KEEPALIVE_INTERVAL,
    "keepalives_count": _KEEPALIVE_COUNT,
    "tcp_user_timeout": _UNANSWERED_MS,
    # After a failover the old server may go on answering, and take nothing.
    "target_session_attrs": "read-write",
}
_THEIRS = {
    "tcp_keepalives_idle": str(_KEEPALIVE_IDLE),
    "tcp_keepalives_interval": str(_KEEPALIVE_INTERVAL),
    "tcp_keepalives_count": str(_KEEPALIVE_COUNT),
    "tcp_user_timeout": str(_UNANSWERED_MS),
}


@dataclass(frozen=True)
class Limits:
    """How long, in seconds, a session may hold others up; PostgreSQL enforces all but two."""

    #: One statement.
    statement: float
    #: Waiting for somebody else's lock.
    lock: float
    #: Doing nothing within a transaction: frozen, or gone. Its locks are free afterwards.
    idle: float
    #: Waiting for a free connection of the process.
    pool: float = 30
    #: Reaching one server.
    connect: int = 10
    #: Seconds between the attempts of `models.database.patiently`.
    retries: tuple[float, ...] = (0.2, 0.5, 1, 2, 4, 8, 15)
    #: Whether who met a lock, or no free connection, tries again too.
    queues: bool = True

    def settings(self) -> dict[str, str]:
        """What PostgreSQL is told."""
        limits = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        return {name: f"{seconds * 1000:.0f}" for name, seconds in limits.items()}


#: Of a step, a command, the sweep: each is short.
STEPS = Limits(statement=30, lock=10, idle=30)
#: Of a page: somebody is looking at it, and can press again.
PAGES = Limits(
    statement=5, lock=2, idle=10, pool=1, connect=3, retries=(0.2, 0.5, 1, 2, 4), queues=False
)
#: Of a call by another system. As a page's, but that it waits longer for a connection: it has
#: connections of its own, so that a burst of calls holds up no page.
CALLS = Limits(
    statement=5, lock=2, idle=10, pool=2, connect=3, retries=(0.2, 0.5, 1, 2, 4), queues=False
)
#: Of work on a whole register, which says so itself: planning reminders, loading, extending.
LONG = Limits(statement=1800, lock=60, idle=300)

#: Of a migration. Whoever waits for a table behind it waits no longer than it waits itself.
MIGRATING = Limits(statement=900, lock=3, idle=60)

_limits: ContextVar[Limits] = ContextVar("limits", default=STEPS)


def limits_now() -> Limits:
    """The limits of what runs now."""
    return _limits.get()


@contextmanager
def limited(limits: Limits) -> Iterator[None]:
    """What runs within takes connections with these limits."""
    before = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(before)


def open_to_migrate() -> Connection[Any]:
    """As `open_connection`, for migrations, which wait shortly for a lock and may work for long."""
    connection = Connection.connect(_address("mumaris migrate", MIGRATING), autocommit=True)
    told = {**_THEIRS, **MIGRATING.settings()}
    connection.execute(setting(told, place="%({})s", local=False), told)
    connection.autocommit = False
    return connection


async def open_connection(
    name: str, *, limits: Limits = STEPS, url: str | None = None, autocommit: bool = True
) -> AsyncConnection[Any]:
    """A connection to a server that takes writes; ``name`` is what `pg_stat_activity` shows.

    ``url`` names another database than the environment's. What the address itself says of
    keepalives, time limits or ``target_session_attrs`` stands. Raises psycopg's
    ``OperationalError`` where no such server answers.
    """
    connection = await AsyncConnection.connect(_address(name, limits, url), autocommit=True)
    try:
        told = {**_THEIRS, **limits.settings()}
        await connection.execute(setting(told, place="%({})s", local=False), told)
        await connection.set_autocommit(autocommit)
    except BaseException:
        await connection.close()
        raise
    return connection


def _address(name: str, limits: Limits, url: str | None = None) -> str:
    address = libpq_url(url) if url else DatabaseSettings().libpq_url()
    ours = {"application_name": name, "connect_timeout": limits.connect, **_OURS}
    return make_conninfo("", **(ours | conninfo_to_dict(address)))


def setting(names: Iterable[str], *, place: str, local: bool) -> str:
    """One statement that sets them: for the session, or (``local``) for the transaction.

    ``place`` is how the driver writes the place of a value. Not libpq's ``options``: poolers refuse
    those.
    """
    calls = (f"set_config('{name}', {place.format(name)}, {str(local).lower()})" for name in names)
    return f"SELECT {', '.join(calls)}"
