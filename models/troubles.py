"""What an error of the database means for whoever asked, in the driver's words alone."""

from dataclasses import dataclass
from enum import StrEnum

import psycopg
from psycopg.errors import ReadOnlySqlTransaction, UndefinedColumn, UndefinedTable
from sqlalchemy.exc import DBAPIError

from models.database import is_busy


class Trouble(StrEnum):
    """What kind of trouble it is: what to do about it differs."""

    #: The schema is not the one of this version.
    SCHEMA = "schema"
    #: Somebody else holds what this needs.
    BUSY = "busy"
    #: It takes no writes: it may be failing over.
    READ_ONLY = "read_only"
    #: It cannot be reached.
    AWAY = "away"


@dataclass(frozen=True)
class DatabaseTrouble:
    """Trouble with the database."""

    kind: Trouble
    #: The first line of what the driver said; SQLAlchemy's own words hold the statement's values.
    said: str


def trouble_of(error: Exception) -> DatabaseTrouble | None:
    """What the error says of the database; None where it is about something else."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    kind = _kind_of(error, cause)
    if kind is None:
        return None
    return DatabaseTrouble(kind, (str(cause).splitlines() or [type(cause).__name__])[0])


def _kind_of(error: Exception, cause: BaseException | None) -> Trouble | None:
    if isinstance(cause, UndefinedTable | UndefinedColumn):
        return Trouble.SCHEMA
    if is_busy(error):
        return Trouble.BUSY
    if isinstance(cause, ReadOnlySqlTransaction):
        return Trouble.READ_ONLY
    if isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return Trouble.AWAY
    return None
