"""A database for each test that cannot be told from a new one, and seldom is one.

To copy a database takes a quarter of a second of a busy machine; to empty the last test's, a tenth
of that. Each test has it under a name that no test had before: neither what this process remembers
of a database nor a process that a test left behind reaches the next test's.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import ObjectInUse

from models.database import close_engine
from stack.postgres import EmbeddedPostgres
from support.patience import Patience
from support.stack import drop_database

T = TypeVar("T")

#: Migrated, and nobody is connected to it.
TEMPLATE = "mumaris_template"
#: After so many tests it goes: what they deleted is still in its files.
_USES = 50
#: A table of more than half a megabyte is emptied by dropping its database.
_SMALL = 64 * 8192

#: What a test may change without leaving a row; a copy has it from its template, to the `xmin`.
_LOOKS = sql.SQL(
    "SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version), "
    "(SELECT md5(string_agg(c::text, ' ' ORDER BY c.oid)) FROM (SELECT "
    "oid, relname, relkind, relowner, relacl, reloptions FROM pg_class WHERE oid >= 16384) c), "
    "(SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase "
    "WHERE datname = current_database()), "
    "(SELECT count(*) FROM pg_statistic WHERE starelid >= 16384), {}"
).format(
    sql.SQL(", ").join(
        sql.SQL("(SELECT (count(*), max(xmin::text::bigint))::text FROM {})").format(
            sql.Identifier(catalog)
        )
        for catalog in (
            "pg_attribute",
            "pg_constraint",
            "pg_extension",
            "pg_index",
            "pg_namespace",
            "pg_policy",
            "pg_proc",
            "pg_rewrite",
            "pg_sequence",
            "pg_trigger",
            "pg_type",
        )
    )
)
_WRITTEN = (
    "SELECT relname, pg_relation_size(oid) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
    "AND pg_relation_size(oid) > 0 AND relname <> 'alembic_version'"
)
_COUNT_ANEW = (
    "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence "
    "WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
#: In the background it would move a row before an older one on some runs, and not on others.
_NO_AUTOVACUUM = (
    "DO $$ DECLARE name text; BEGIN FOR name IN "
    "SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND oid >= 16384 "
    "LOOP EXECUTE 'ALTER TABLE ' || name || ' SET (autovacuum_enabled = off)'; END LOOP; END $$"
)
_ARE_CONNECTED = "SELECT 1 FROM pg_stat_activity WHERE datname = %s"
_numbers = count(1)


@dataclass(frozen=True)
class Filled(Generic[T]):
    """Where the rows are, and what whoever wrote them knows of them."""

    url: str
    made: T


class Databases:
    """Copies of the template, lent to one test after the other."""

    def __init__(self, postgres: EmbeddedPostgres) -> None:
        self._postgres = postgres
        self._emptied: list[str] = []
        self._uses: dict[str, int] = {}
        with psycopg.connect(postgres.url(TEMPLATE)) as session:
            session.execute(_NO_AUTOVACUUM)
            self._new = _looks(session)

    def lend(self) -> str:
        """The name of a database that holds what the template holds."""
        if self._emptied:
            return self._emptied.pop()
        name = _new_name()
        self._postgres.create_database(name, template=TEMPLATE)
        self._uses[name] = 1
        return name

    def take_back(self, name: str) -> None:
        """End its sessions and empty it; where more than rows was changed, it goes as a whole."""
        uses, new = self._uses.pop(name), _new_name()
        if uses < _USES and self._is_emptied(name) and self._is_renamed(name, new):
            self._uses[new] = uses + 1
            self._emptied.append(new)
        else:
            drop_database(self._postgres, name)

    @contextmanager
    def filled(self, fill: Callable[[], Coroutine[Any, Any, T]]) -> Iterator[Filled[T]]:
        """A database that is filled once, for the tests of a module that leave it as it is.

        ``fill`` runs in a loop of its own; what it returns goes along.
        """
        name = self.lend()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", self._postgres.url(name))
            made = asyncio.run(_and_close(fill))
        yield Filled(self._postgres.url(name), made)
        self.take_back(name)

    def _is_emptied(self, name: str) -> bool:
        try:
            with psycopg.connect(self._postgres.url(name), autocommit=True) as session:
                _end_others(session)
                return _looks(session) == self._new and _empty(session)
        except psycopg.Error:
            return False  # the test dropped it, or a table, or the server that it stopped is away

    def _is_renamed(self, name: str, new: str) -> bool:
        """Whether nobody came back meanwhile: who was not ended with the test does not find it."""
        statement = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        patience = Patience(2)
        with psycopg.connect(self._postgres.url("postgres"), autocommit=True) as session:
            while session.execute(_ARE_CONNECTED, [name]).fetchone():
                if patience.is_at_its_end:
                    return False
                time.sleep(0.001)  # whoever emptied it is leaving
            try:
                session.execute(statement.format(sql.Identifier(name), sql.Identifier(new)))
            except ObjectInUse:
                return False
        return True


def _new_name() -> str:
    return f"test_{next(_numbers)}"


async def _and_close(fill: Callable[[], Coroutine[Any, Any, T]]) -> T:
    try:
        return await fill()
    finally:
        await close_engine()


def _looks(session: psycopg.Connection) -> object:
    return session.execute(_LOOKS).fetchone()


def _end_others(session: psycopg.Connection) -> None:
    """Until none is left: one that is about to commit would write into the next test's."""
    patience = Patience(30)
    while session.execute(_END_OTHERS).fetchone():
        assert not patience.is_at_its_end, "a session of a test does not end"
        time.sleep(0.001)


def _empty(session: psycopg.Connection) -> bool:
    """Whether its rows are gone, and its numbers begin anew."""
    written = session.execute(_WRITTEN).fetchall()
    if any(size > _SMALL for _, size in written):
        return False
    session.execute("SET session_replication_role = replica")  # some tables let no row go
    for table, _ in written:
        session.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
    session.execute(_COUNT_ANEW)
    return True
