"""Engine and session: one engine for each event loop, one transaction for each unit of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg.errors import LockNotAvailable, QueryCanceled, ReadOnlySqlTransaction
from sqlalchemy import ExceptionContext, event, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InvalidatePoolError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from models import tables  # noqa: F401 - a row's foreign keys name tables of other modules
from models.connections import STEPS, Limits, limits_now, open_connection, setting
from models.constraints import taken_by
from models.looking import ONLY_LOOKS
from models.pooled import only_living
from models.schema import check_schema
from models.settings import DatabaseSettings
from models.statements import execute

P = ParamSpec("P")
T = TypeVar("T")

#: A connection without transactions, as it is passed on: see `glances`.
Glance = AsyncConnection
#: Seconds between the attempts of a step.
RETRY_DELAYS = STEPS.retries

#: What PostgreSQL says of one statement or row while it serves others: a lock that is not had, a
#: statement that takes too long, a deadlock, no space left
#: (https://www.postgresql.org/docs/17/errcodes-appendix.html).
_OF_ONE_STATEMENT = frozenset({"55P03", "57014", "40P01", "40001", "53100"})
#: For the rest of a transaction.
_LIMIT = text(setting(STEPS.settings(), place=":{}", local=True))
_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_ONLY_LOOK = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
#: The databases whose schema was seen to be the one of this version.
_right_schemas: set[str] = set()
_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Limits, AsyncEngine]] = (
    WeakKeyDictionary()
)


def engine() -> AsyncEngine:
    """The engine of the running event loop and of what limits hold there, made at its first use.

    A connection belongs to the loop that opened it, and Prefect runs flows in several loops.
    """
    engines = _engines.setdefault(asyncio.get_running_loop(), {})
    limits = limits_now()
    if limits not in engines:
        engines[limits] = _new_engine(limits)
    return engines[limits]


def _new_engine(limits: Limits) -> AsyncEngine:
    settings = DatabaseSettings()
    opened = partial(_opened, limits, settings.libpq_url())
    made = create_async_engine(
        "postgresql+psycopg://",  # the address may name several servers, which SQLAlchemy cannot
        async_creator=opened,
        pool_size=settings.pool_size,
        max_overflow=settings.pool_size,
        pool_timeout=limits.pool,
        pool_recycle=1800,
        hide_parameters=True,
    )
    event.listen(made.sync_engine, "handle_error", _leave_what_takes_no_writes)
    event.listen(made.sync_engine, "handle_error", _quote_no_values)
    only_living(made.sync_engine)  # a restarted server costs one reconnect, not one failed step
    return made


async def _opened(limits: Limits, url: str) -> psycopg.AsyncConnection[Any]:
    """A connection of an engine; the process's first one to a database looks at its schema.

    Later ones do not: a process that runs while the database is migrated works on to its restart.
    """
    connection = await open_connection("mumaris", limits=limits, url=url, autocommit=False)
    if url not in _right_schemas:
        try:
            await check_schema(connection)
        except BaseException:
            await connection.close()
            raise
        _right_schemas.add(url)
    return connection


def _leave_what_takes_no_writes(context: ExceptionContext) -> None:
    """After a failover: every connection of the pool leads to the server that was."""
    if isinstance(context.original_exception, ReadOnlySqlTransaction):
        context.is_disconnect = True


def _quote_no_values(context: ExceptionContext) -> None:
    """Leave of PostgreSQL's words what names no person.

    Errors are logged and shown in the Prefect UI; a DETAIL quotes keys and whole rows.
    """
    diagnostics = getattr(context.original_exception, "diag", None)
    if diagnostics is None or diagnostics.sqlstate is None:
        return  # no statement failed: there was no connection
    names = (diagnostics.table_name, diagnostics.column_name, diagnostics.constraint_name)
    said = " ".join(filter(None, (diagnostics.sqlstate, *names)))
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = (f"{type(context.original_exception).__name__} {said}",)


async def close_engine() -> None:
    """Close the running loop's connections; the next use opens new ones."""
    for found in _engines.pop(asyncio.get_running_loop(), {}).values():
        await found.dispose()


@asynccontextmanager
async def transaction(limits: Limits | None = None) -> AsyncIterator[AsyncSession]:
    """One unit of work: everything in it is kept, or, if it raises, nothing is.

    ``limits`` are its own, where it may take longer than the process's other work. Raises
    `models.constraints.AlreadyTaken` where another row has what must be one row's.
    """
    try:
        async with AsyncSession(engine(), expire_on_commit=False) as session, session.begin():
            if limits is not None:
                await execute(session, _LIMIT, limits.settings())
            yield session
    except IntegrityError as refused:
        taken = taken_by(refused)
        if taken is None:
            raise
        raise taken from refused


@asynccontextmanager
async def glances() -> AsyncIterator[Glance]:
    """A connection without transactions: each statement sees what is true at its moment.

    For a question that is asked again and again: it costs a quarter of one in a transaction.
    """
    async with engine().connect() as connection:
        yield await connection.execution_options(isolation_level="AUTOCOMMIT")


@asynccontextmanager
async def snapshot() -> AsyncIterator[AsyncSession]:
    """A transaction that sees one moment: what others commit meanwhile is not half in it.

    For a picture that is put together from several reads.
    """
    async with transaction() as session:
        await execute(session, _ONE_MOMENT)
        yield session


@asynccontextmanager
async def looking(limits: Limits) -> AsyncIterator[AsyncSession]:
    """A `snapshot` that can write nothing: PostgreSQL refuses it, and no row is locked in it."""
    async with transaction() as session:
        await execute(session, _ONLY_LOOK)
        await execute(session, _LIMIT, limits.settings())
        session.info[ONLY_LOOKS] = True
        yield session


def patiently(operation: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Repeat an operation that is safe to repeat while the database is away.

    Gives up after about half a minute, or as soon as the limits say, with the database's own error.
    Where somebody is waiting for a page, a lock or a full pool is told at once.
    """

    @wraps(operation)
    async def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        limits = limits_now()
        for delay in limits.retries:
            try:
                return await operation(*args, **kwargs)
            except (SQLAlchemyError, psycopg.Error) as error:
                if not is_passing(error) or (is_busy(error) and not limits.queues):
                    raise
                await asyncio.sleep(delay)
        return await operation(*args, **kwargs)

    return repeated


def is_passing(error: BaseException) -> bool:
    """Whether the database was away or busy, and the same operation may succeed later.

    A server that takes no writes is away: it is the one from before a failover.
    """
    passing = OperationalError | InterfaceError | NoFreeConnection | InvalidatePoolError
    if isinstance(error, passing | psycopg.OperationalError | ReadOnlySqlTransaction):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_of_one_statement(error: BaseException) -> bool:
    """Whether it is about one statement or row: the database is there, and serves others."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, psycopg.Error) and cause.sqlstate in _OF_ONE_STATEMENT


def is_busy(error: BaseException) -> bool:
    """Whether it is there, and somebody else is before us: with a lock, or in the pool."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, LockNotAvailable | QueryCanceled | NoFreeConnection)
