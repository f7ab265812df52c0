"""Migrating a system that runs, and refusing to run on another version's tables."""

import subprocess
import sys
import threading
from collections.abc import Iterator

import psycopg
import pytest
from alembic.command import upgrade
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlmodel import select

from models import connections, database
from models import migrate as migrating
from models.connections import Limits
from models.database import close_engine, transaction
from models.migrate import SCRIPTS, MigrationStopped, migrate
from models.schema import (
    Schema,
    SchemaMismatch,
    check_schema_at_start,
    known_revisions,
    needed_revision,
    schema_of,
)
from models.settings import DatabaseSettings
from portal.app import build_app
from stack.postgres import EmbeddedPostgres
from support.shell import mumaris
from support.stack import drop_database

ROOT = SCRIPTS.parent
#: Before the step that adds what `requests` needs to be set aside.
BEFORE = "0006"


@pytest.fixture
def empty(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A database without tables; locks are waited for shortly."""
    postgres.create_database("migrating")
    monkeypatch.setenv("DATABASE_URL", postgres.url("migrating"))
    monkeypatch.setattr(connections, "MIGRATING", Limits(statement=30, lock=0.2, idle=30))
    monkeypatch.setattr(database, "_right_schemas", set[str]())
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    yield config
    drop_database(postgres, "migrating")


def session() -> psycopg.Connection[tuple[object, ...]]:
    """Somebody else's session."""
    return psycopg.connect(DatabaseSettings().libpq_url())


def revision() -> object:
    """Where the schema stands."""
    with session() as here:
        row = here.execute("SELECT version_num FROM alembic_version").fetchone()
    return row and row[0]


async def ask() -> None:
    """A process asks the database something."""
    async with transaction() as here:
        await here.exec(select(1))


def set_revision(revision: str, *, works_from: str = "9998") -> None:
    with session() as here:
        here.execute("UPDATE alembic_version SET version_num = %s", [revision])
        here.execute(f"COMMENT ON TABLE alembic_version IS '{works_from}'")


def test_the_revisions_are_those_of_alembic(empty: Config) -> None:
    """Named by their files, and the last one is the head."""
    scripts = ScriptDirectory.from_config(empty)

    assert known_revisions() == {script.revision for script in scripts.walk_revisions()}
    assert needed_revision() == scripts.get_current_head()


def test_a_migration_lets_others_go_first(empty: Config) -> None:
    """A reader has the table for long; whoever reads behind the migration waits only shortly."""
    upgrade(empty, BEFORE)
    said: list[str] = []
    with session() as reader:
        reader.execute("SELECT count(*) FROM requests")
        migration = threading.Thread(target=migrate, args=[said.append])
        migration.start()
        while not said:
            with session() as behind:
                behind.execute("SET statement_timeout = '20s'; SELECT count(*) FROM requests")
        at = revision()
    migration.join()

    assert at == BEFORE
    assert said[0].startswith("another session has a table")
    assert revision() == needed_revision()


def test_a_migration_gives_up_after_a_while_and_goes_on_later(
    empty: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do; nothing of the step is left."""
    upgrade(empty, BEFORE)
    monkeypatch.setattr(migrating, "_DELAYS", (0.01, 0.01))
    said: list[str] = []
    with session() as reader:
        reader.execute("SELECT count(*) FROM requests")
        with pytest.raises(MigrationStopped, match="run `mumaris migrate` again"):
            migrate(said.append)

    assert (len(said), revision()) == (2, BEFORE)
    migrate()
    assert revision() == needed_revision()


def test_a_step_that_takes_too_long_is_taken_back(
    empty: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than holding a table for as long as it likes."""
    upgrade(empty, BEFORE)
    monkeypatch.setattr(connections, "MIGRATING", Limits(statement=0.2, lock=30, idle=30))
    with session() as reader:
        reader.execute("SELECT count(*) FROM requests")
        with pytest.raises(MigrationStopped, match="took longer than"):
            migrate()

    assert revision() == BEFORE


def test_two_migrations_at_once_follow_each_other(empty: Config) -> None:
    """Each step is done once."""
    code = "from models.migrate import migrate; migrate(print)"
    both = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT) for _ in range(2)]

    assert [each.wait() for each in both] == [0, 0]
    assert revision() == needed_revision()


@pytest.mark.parametrize(
    ("found", "todo"), [(BEFORE, "run `mumaris migrate`"), ("9999", "install the version")]
)
async def test_a_process_refuses_another_version_s_schema(
    empty: Config, found: str, todo: str
) -> None:
    """Older or newer: the first connection of the process says which and what to do."""
    upgrade(empty, "head")
    set_revision(found)

    with pytest.raises(SchemaMismatch, match=f"is at {found}.*{todo}"):
        await ask()
    with pytest.raises(SchemaMismatch):
        await check_schema_at_start()
    app = build_app()
    with pytest.raises(SchemaMismatch):
        async with app.router.lifespan_context(app):
            pass
    await close_engine()


async def test_a_process_starts_on_a_newer_schema_that_only_adds(empty: Config) -> None:
    """While a new version takes over, one of the old may be started again."""
    upgrade(empty, "head")
    set_revision("9999", works_from=needed_revision())

    await check_schema_at_start()
    await ask()
    async with transaction() as here:
        standing = await schema_of(here)
    await close_engine()

    assert standing is Schema.EXPANDED


async def test_a_process_that_runs_while_the_database_is_migrated_works_on(empty: Config) -> None:
    """A restart of every process in the same second is nobody's plan."""
    upgrade(empty, "head")
    await ask()
    set_revision("9999")
    await close_engine()

    await ask()
    await close_engine()


async def test_a_database_that_is_away_does_not_stop_a_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is waited for, as before."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    await check_schema_at_start()


async def test_a_command_on_another_version_s_schema_is_one_line(empty: Config) -> None:
    """Exit code 4: nothing is wrong with what was typed."""
    upgrade(empty, BEFORE)

    listed = await mumaris("request", "list")

    needs = f"this version needs {needed_revision()}: run `mumaris migrate`"
    assert listed.exit_code == 4
    assert listed.stderr == f"the database schema is at {BEFORE}, and {needs}\n"
