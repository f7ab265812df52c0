"""Engine and session: one engine for each event loop, one transaction for each unit of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import ExceptionContext, event
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from models import tables  # noqa: F401 - a row's foreign keys name tables of other modules
from models.settings import DatabaseSettings

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds between the attempts of `patiently`.
RETRY_DELAYS = (0.2, 0.5, 1, 2, 4, 8, 15)

_engines: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncEngine] = WeakKeyDictionary()


def engine() -> AsyncEngine:
    """The engine of the running event loop, made at its first use.

    A connection belongs to the loop that opened it, and Prefect runs flows in several loops.
    """
    loop = asyncio.get_running_loop()
    if loop not in _engines:
        settings = DatabaseSettings()
        _engines[loop] = create_async_engine(
            settings.sqlalchemy_url(),
            pool_size=settings.pool_size,
            max_overflow=settings.pool_size,
            pool_pre_ping=True,  # a restarted server costs one reconnect, not one failed step
            pool_recycle=1800,
            hide_parameters=True,
        )
        event.listen(_engines[loop].sync_engine, "handle_error", _quote_no_values)
    return _engines[loop]


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
    found = _engines.pop(asyncio.get_running_loop(), None)
    if found is not None:
        await found.dispose()


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncSession]:
    """One unit of work: everything in it is kept, or, if it raises, nothing is."""
    async with AsyncSession(engine(), expire_on_commit=False) as session, session.begin():
        yield session


def patiently(operation: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
    """Repeat an operation that is safe to repeat while the database is away.

    Gives up after about half a minute, with the database's own error.
    """

    @wraps(operation)
    async def repeated(*args: P.args, **kwargs: P.kwargs) -> T:
        for delay in RETRY_DELAYS:
            try:
                return await operation(*args, **kwargs)
            except (DBAPIError, psycopg.OperationalError) as error:
                if not is_passing(error):
                    raise
                await asyncio.sleep(delay)
        return await operation(*args, **kwargs)

    return repeated


def is_passing(error: BaseException) -> bool:
    """Whether the database was away, and the same operation may succeed later."""
    return isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
