"""One request's failure is that request's alone: set aside, counted, shown, tried again later.

What fails because Prefect or the database is away fails for every request; that ends the pass, and
the next one finds the same work.
"""

import logging
import traceback
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

import httpx
import psycopg
from prefect.events import emit_event
from prefect.exceptions import ObjectNotFound
from sqlalchemy.exc import DBAPIError

from models.database import is_of_one_statement, is_passing, transaction
from models.runs import Due
from models.setbacks import Work, clear_setback, note_setback
from tasks.retrying import DatabaseAway

logger = logging.getLogger("mumaris.sweep")

T = TypeVar("T")

#: Prefect's server is there and says that it cannot work.
_UNWELL = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class SetAside(Exception):
    """This request cannot be helped now, for this reason (a code)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Found:
    """Why something failed: a code, and for whoever mends it what sort of error and where."""

    reason: str
    detail: str


#: The last requests at which a pass ended because nobody answered: they are tried last in the next
#: one, so that a single one that makes Prefect or the database hang does not hide the others.
suspects: deque[UUID] = deque(maxlen=20)


async def alone(
    due: Due, work: Work, act: Callable[[], Awaitable[T]], *, now: datetime
) -> T | None:
    """Do this work for one request; what fails is set aside and returns None.

    Raises only what is no fault of the request: `is_away`.
    """
    suspects.append(due.id)
    try:
        done = await act()
    except Exception as fault:
        if is_away(fault):
            raise
        await _set_aside(due, work, found_in(fault), now=now)
        done = None
    else:
        if due.troubled:
            await _clear(due, work)
    with suppress(ValueError):  # so many are under way at once that it was pushed out
        suspects.remove(due.id)
    return done


def is_away(fault: BaseException) -> bool:
    """Whether Prefect or the database does not answer anybody."""
    if isinstance(fault, httpx.HTTPStatusError):
        return fault.response.status_code in _UNWELL
    if isinstance(fault, httpx.TransportError | TimeoutError | DatabaseAway):
        return True
    return is_passing(fault) and not is_of_one_statement(fault)


def found_in(fault: Exception) -> Found:
    """The reason and its place; nothing of what the error says, which may name a person."""
    frames = traceback.extract_tb(fault.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename]
    frame = (ours or frames)[-1]
    place = f"{type(fault).__name__} at {frame.filename.rpartition('/')[2]}:{frame.lineno}"
    return Found(_reason(fault), place)


def _reason(fault: Exception) -> str:
    match fault:
        case SetAside():
            return fault.reason
        case ObjectNotFound():
            return "unknown_to_prefect"
        case httpx.HTTPStatusError():
            return "refused_by_prefect"
        case DBAPIError() | psycopg.Error():
            return "refused_by_the_database"
        case ValueError() | LookupError():
            # A status, a kind or a document that this version does not know.
            return "not_understood"
    return "unforeseen"


async def _set_aside(due: Due, work: Work, found: Found, *, now: datetime) -> None:
    async with transaction() as session:
        tries = await note_setback(
            session, due.id, work, reason=found.reason, detail=found.detail, now=now
        )
    if tries == 1:
        logger.warning(
            "request %s is set aside (%s): %s, %s",
            due.tracking_code,
            work,
            found.reason,
            found.detail,
        )
        _tell("set_aside", due, work, found.reason)


async def _clear(due: Due, work: Work) -> None:
    async with transaction() as session:
        await clear_setback(session, due.id, work)
    logger.info("request %s goes on (%s)", due.tracking_code, work)
    _tell("goes_on", due, work, None)


def _tell(what: str, due: Due, work: Work, reason: str | None) -> None:
    emit_event(
        event=f"mumaris.request.{what}",
        resource={
            "prefect.resource.id": f"mumaris.request.{due.tracking_code}",
            "prefect.resource.name": due.tracking_code,
        },
        payload={"work": work, "reason": reason},
    )
