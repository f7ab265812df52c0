"""Each migration after the released one leaves the released program what it needs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.command import upgrade
from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Engine, event

from models.migrate import SCRIPTS
from models.settings import DatabaseSettings
from stack.postgres import EmbeddedPostgres
from support.expanding import contracts_since, harm_in
from support.released import ROOT, released
from support.stack import drop_database

_NAME = "only_added_to"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


@pytest.fixture
def config(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Config]:
    """A database with the released schema."""
    postgres.create_database(_NAME)
    monkeypatch.setenv("DATABASE_URL", postgres.url(_NAME))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    upgrade(config, released().schema)
    yield config
    drop_database(postgres, _NAME)


def after_release(config: Config) -> list[Script]:
    """The migrations that the released program does not have, in their order."""
    scripts = ScriptDirectory.from_config(config)
    return [*scripts.iterate_revisions("heads", released().schema)][::-1]


def said_by(config: Config, script: Script) -> tuple[list[str], set[str]]:
    """What the migration tells PostgreSQL, and which tables there were before."""
    with psycopg.connect(DatabaseSettings().libpq_url()) as session:
        tables = {name for (name,) in session.execute(_TABLES)}
    statements: list[str] = []

    def note(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        upgrade(config, script.revision)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return statements, tables


def test_no_migration_takes_away_what_the_released_program_needs(config: Config) -> None:
    """Unless its file says since which version that is out nothing needs it, and the schema too."""
    for script in after_release(config):
        statements, tables = said_by(config, script)
        harms = [harm for each in statements if (harm := harm_in(each, tables=tables))]
        since = contracts_since(Path(script.path).read_text(encoding="utf-8"))
        changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

        assert since or not harms, f"{script.path}: {harms}"
        if since:
            assert f"\n## {since} - " in changelog, f"{script.path}: {since} is not out"
            assert any("COMMENT ON TABLE alembic_version" in each for each in statements)


TABLES = {"requests", "cards"}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE cards",
        "ALTER TABLE requests DROP COLUMN round",
        "ALTER TABLE requests RENAME round TO turn",
        "ALTER TABLE cards RENAME TO licences",
        "ALTER TABLE requests ALTER COLUMN wake_at SET NOT NULL",
        "ALTER TABLE requests ALTER COLUMN round DROP DEFAULT",
        "ALTER TABLE requests ALTER COLUMN round TYPE BIGINT",
        "ALTER TABLE requests ADD COLUMN colour TEXT NOT NULL",
        "ALTER TABLE requests\n  ADD CONSTRAINT c CHECK (round > 0)",
        "ALTER TABLE requests ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES cards (id)",
        "ALTER TABLE requests ADD CONSTRAINT c UNIQUE (round)",
        "ALTER TABLE requests ADD UNIQUE (round)",
        'CREATE INDEX i ON "requests" (round)',
        "CREATE UNIQUE INDEX i ON requests (round)",
    ],
)
def test_what_the_released_program_cannot_live_with_is_refused(statement: str) -> None:
    """Each by itself."""
    assert harm_in(statement, tables=TABLES)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE new (id INTEGER NOT NULL, PRIMARY KEY (id))",
        "ALTER TABLE requests ADD COLUMN colour TEXT",
        "ALTER TABLE requests ADD COLUMN colour TEXT DEFAULT 'red' NOT NULL",
        "ALTER TABLE requests ALTER COLUMN wake_at DROP NOT NULL",
        "ALTER TABLE requests ADD CONSTRAINT c CHECK (round > 0) NOT VALID",
        "ALTER TABLE requests VALIDATE CONSTRAINT c",
        "ALTER TABLE requests DROP CONSTRAINT c",
        "ALTER TABLE requests ADD CONSTRAINT c UNIQUE USING INDEX i",
        "CREATE INDEX CONCURRENTLY i ON requests (round)",
        "CREATE INDEX i ON new (round)",
        "ALTER TABLE new DROP COLUMN round",
    ],
)
def test_what_only_adds_passes(statement: str) -> None:
    """So does what is done to a table that the same migration has made."""
    assert harm_in(statement, tables=TABLES) is None


def test_what_contracts_names_the_version_that_does_not_need_it() -> None:
    """In a line of its own, with what it is."""
    assert contracts_since("x\n# contracts: since 1.0.0 nothing reads it\n") == "1.0.0"
    assert contracts_since("# contracts: some day\n") is None
