"""What an error of the database means."""

import psycopg
import pytest
from psycopg.errors import (
    LockNotAvailable,
    QueryCanceled,
    ReadOnlySqlTransaction,
    UndefinedColumn,
    UndefinedTable,
    UniqueViolation,
)
from sqlalchemy.exc import DBAPIError

from models.troubles import DatabaseTrouble, Trouble, trouble_of


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (UndefinedTable, Trouble.SCHEMA),
        (UndefinedColumn, Trouble.SCHEMA),
        (LockNotAvailable, Trouble.BUSY),
        (QueryCanceled, Trouble.BUSY),
        (ReadOnlySqlTransaction, Trouble.READ_ONLY),
        (psycopg.OperationalError, Trouble.AWAY),
        (psycopg.InterfaceError, Trouble.AWAY),
    ],
)
def test_each_trouble_is_told_apart(cause: type[psycopg.Error], kind: Trouble) -> None:
    """By the driver's error, with or without SQLAlchemy's around it; its first line is said."""
    raised = cause("what the driver said\nDETAIL: somebody's row")
    expected = DatabaseTrouble(kind, "what the driver said")

    assert trouble_of(raised) == expected
    assert trouble_of(DBAPIError("INSERT noura@example.com", {}, raised)) == expected


def test_what_says_nothing_is_called_by_its_name() -> None:
    """A line is never empty."""
    assert trouble_of(psycopg.OperationalError()) == DatabaseTrouble(
        Trouble.AWAY, "OperationalError"
    )


@pytest.mark.parametrize("error", [ValueError("no"), UniqueViolation("twice")])
def test_what_is_no_trouble_of_the_database_is_none(error: Exception) -> None:
    """A fault of ours, or a row that is there already."""
    assert trouble_of(error) is None
