"""The database of a test: whatever the test before did, it is a new one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import psycopg
import pytest

from stack.postgres import EmbeddedPostgres
from support.databases import TEMPLATE, Databases
from support.stack import drop_database

#: What a test may do, and how one would see that it was done.
_ROWS = "INSERT INTO reference_counters VALUES ('card', 'hijri', 1448, 7)"
_ARE_THERE = "SELECT count(*) FROM reference_counters"
_NUMBERS = "SELECT nextval('access_log_id_seq')"
_LEFT_BEHIND = {
    "a table": ("CREATE TABLE new ()", "SELECT count(*) FROM pg_class WHERE relname = 'new'"),
    "a column": (
        "ALTER TABLE cards ADD COLUMN new int",
        "SELECT count(*) FROM pg_attribute WHERE attname = 'new'",
    ),
    "a constraint less": (
        "ALTER TABLE requests DROP CONSTRAINT a_request_names_its_practitioner",
        "SELECT count(*) FROM pg_constraint WHERE conname = 'a_request_names_its_practitioner'",
    ),
    "triggers that rest": (
        "ALTER TABLE access_log DISABLE TRIGGER ALL",
        "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'",
    ),
    "a function": (
        "CREATE FUNCTION new() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT count(*) FROM pg_proc WHERE proname = 'new'",
    ),
    "an index": (
        "CREATE INDEX new ON cards (status)",
        "SELECT count(*) FROM pg_class WHERE relname = 'new'",
    ),
    "another version": (
        "UPDATE alembic_version SET version_num = 'new'",
        "SELECT version_num FROM alembic_version",
    ),
    "what the planner knows": (
        f"{_ROWS}; ANALYZE reference_counters",
        "SELECT count(*) FROM pg_statistic WHERE starelid = 'reference_counters'::regclass",
    ),
    "many rows": (
        "INSERT INTO reference_counters SELECT 'card', '', n, n FROM generate_series(1, 20000) n",
        "SELECT pg_relation_size('reference_counters')",
    ),
}


@pytest.fixture
def lending(migrated: EmbeddedPostgres) -> Databases:
    """As the session has it, with no database yet."""
    return Databases(migrated)


@contextmanager
def lent(databases: Databases, postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection]:
    """A session of one test with its database."""
    name = databases.lend()
    with psycopg.connect(postgres.url(name), autocommit=True) as session:
        yield session
    databases.take_back(name)


def said(session: psycopg.Connection, question: str) -> object:
    """The one value of the answer."""
    row = session.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def test_the_next_test_has_the_same_database_under_another_name(
    lending: Databases, migrated: EmbeddedPostgres
) -> None:
    """Empty, and counting from one."""
    same = "SELECT oid FROM pg_database WHERE datname = current_database()"
    with lent(lending, migrated) as session:
        first = said(session, same)
        name = said(session, "SELECT current_database()")
        session.execute(_ROWS)
        session.execute(_NUMBERS)

    with lent(lending, migrated) as session:
        assert said(session, same) == first
        assert said(session, "SELECT current_database()") != name
        assert said(session, _ARE_THERE) == 0
        assert said(session, _NUMBERS) == 1


@pytest.mark.parametrize("what", _LEFT_BEHIND)
def test_what_is_more_than_rows_is_not_left_to_the_next(
    what: str, lending: Databases, migrated: EmbeddedPostgres
) -> None:
    """Nor is what many rows leave in the files."""
    do, shown = _LEFT_BEHIND[what]
    with lent(lending, migrated) as session:
        new = said(session, shown)
        session.execute(do.encode())
        assert said(session, shown) != new

    with lent(lending, migrated) as session:
        assert said(session, shown) == new


def test_a_session_that_is_left_open_writes_nothing_more(
    lending: Databases, migrated: EmbeddedPostgres
) -> None:
    """It ends before the database is emptied, with what it was about to write."""
    name = lending.lend()
    with psycopg.connect(migrated.url(name)) as left:
        left.execute(_ROWS)
        lending.take_back(name)
        with pytest.raises(psycopg.OperationalError):
            left.commit()

    with lent(lending, migrated) as session:
        assert said(session, _ARE_THERE) == 0


def test_who_comes_back_all_the_time_holds_up_no_test(
    lending: Databases, migrated: EmbeddedPostgres
) -> None:
    """A process of a test that outlives it opens a new session for each that is ended."""
    name = lending.lend()
    is_there = Event()

    def come_back() -> None:
        while True:
            try:
                with psycopg.connect(migrated.url(name), autocommit=True) as stray:
                    stray.execute(_ROWS + " ON CONFLICT DO NOTHING")
                    is_there.set()
                    stray.execute("SELECT pg_sleep(600)")
            except psycopg.OperationalError as ended:
                if "does not exist" in str(ended):
                    return

    with ThreadPoolExecutor(1) as threads:
        stray = threads.submit(come_back)
        assert is_there.wait(60)
        lending.take_back(name)
        stray.result()

    with lent(lending, migrated) as session:
        assert said(session, _ARE_THERE) == 0


def test_a_database_that_is_gone_is_made_anew(
    lending: Databases, migrated: EmbeddedPostgres
) -> None:
    """A test may drop it."""
    name = lending.lend()
    drop_database(migrated, name)
    lending.take_back(name)

    with lent(lending, migrated) as session:
        assert said(session, _ARE_THERE) == 0


def test_one_that_many_have_had_goes(lending: Databases, migrated: EmbeddedPostgres) -> None:
    """What they deleted fills its files."""
    oids = set()
    for _ in range(60):
        with lent(lending, migrated) as session:
            oids.add(
                said(session, "SELECT oid FROM pg_database WHERE datname = current_database()")
            )
    assert len(oids) == 2


def test_the_template_stays_as_it_is(lending: Databases, migrated: EmbeddedPostgres) -> None:
    """It is what all of them are copies of."""
    with lent(lending, migrated) as session:
        session.execute(_ROWS)
    with psycopg.connect(migrated.url(TEMPLATE)) as session:
        assert said(session, _ARE_THERE) == 0
