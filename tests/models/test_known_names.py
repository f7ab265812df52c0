"""The database refuses a name that the code does not have, in every column that holds one."""

import re

import psycopg
import pytest
from sqlalchemy import CheckConstraint, Column, Table
from sqlmodel import SQLModel

from desk.requests.timeline import WORDS
from models.columns import Named
from models.settings import DatabaseSettings
from models.tables import ALL
from rules.requests.events import EventName
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL

_CONSTRAINT = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND conname = %s AND convalidated
"""
_INDEXES = "SELECT indexdef FROM pg_indexes WHERE indexname = 'one_open_request_per_kind'"


def named_columns() -> list[tuple[Table, Column[str]]]:
    """Every column whose values are an enumeration's names."""
    tables = [SQLModel.metadata.tables[str(table.__tablename__)] for table in ALL]
    return [
        (table, column)
        for table in tables
        for column in table.columns
        if isinstance(column.type, Named)
    ]


@pytest.mark.parametrize(
    ("table", "column"), [pytest.param(*each, id=str(each[1])) for each in named_columns()]
)
def test_the_database_knows_the_names_that_the_code_knows(
    table: Table, column: Column[str], database: str
) -> None:
    """No more and no fewer: a new member comes with its migration."""
    assert isinstance(column.type, Named)
    with psycopg.connect(DatabaseSettings().libpq_url()) as connection:
        names = [table.name, constraint_on(table, column)]
        ((said,),) = connection.execute(_CONSTRAINT, names).fetchall()

    assert set(re.findall(r"'(\w+)'", said)) == set(column.type.names)


def constraint_on(table: Table, column: Column[str]) -> str:
    """The constraint of the models that says which names the column may hold."""
    (name,) = [
        str(constraint.name)
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
        and str(constraint.sqltext).startswith(f"{column.name} IN (")
    ]
    return name


def test_what_is_open_is_the_same_for_the_index_and_the_table(database: str) -> None:
    """One open request of a kind: open is what the transition table says."""
    with psycopg.connect(DatabaseSettings().libpq_url()) as connection:
        (line,) = connection.execute(_INDEXES).fetchall()

    assert set(re.findall(r"'(\w+)'", line[0])) == set(FINAL)


def test_a_newer_version_s_name_is_read_as_text() -> None:
    """One row of tomorrow's must not stop the query that reads a hundred of today's."""
    read = Named(Status).process_result_value

    assert read("paid", None) is Status.PAID
    assert read("archived", None) == "archived"


def test_every_event_has_its_words() -> None:
    """Whatever happens to a request is said in words; coming to a status happens too."""
    assert WORDS.keys() == set(EventName)
    assert set(EventName) > set(Status)
