"""What the doctor has against a database: each is brought about, and told."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from cli.work.doctor import database as examined
from models.installation import server_facts
from stack.postgres import EmbeddedPostgres
from support.doctor import ROLE, findings_of, found, transaction_pooler
from support.shell import mumaris
from support.stack import drop_database


def said(url: str, statement: Any) -> None:
    """As the server's owner."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(statement)


async def test_a_newer_schema_is_told(database: str) -> None:
    """One that the other version's processes expect."""
    said(database, "UPDATE alembic_version SET version_num = '9999'")
    said(database, "COMMENT ON TABLE alembic_version IS '9998'")

    assert (await found(exit_code=1))["schema_ahead"]


async def test_an_older_schema_is_told_and_left(database: str) -> None:
    """A backup comes first, so `--fix` does not migrate it."""
    said(database, "UPDATE alembic_version SET version_num = '0002'")

    findings = await findings_of("--fix", exit_code=1)

    assert findings["schema_behind"]["command"] == "mumaris migrate"
    assert findings["schema_behind"]["fixable"] is False


async def test_an_empty_database_gets_its_tables(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing can be lost there."""
    postgres.create_database("empty")
    monkeypatch.setenv("DATABASE_URL", postgres.url("empty"))
    try:
        mended = await mumaris("doctor", "--fix")
    finally:
        drop_database(postgres, "empty")

    assert "mended: The database lacks tables of this version" in mended.stderr
    assert "MUST" not in mended.stdout


async def test_a_pooler_in_transaction_mode_is_told(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a session keeps would be another's."""
    async with transaction_pooler(psycopg.conninfo.make_conninfo(database, user=ROLE)) as url:
        monkeypatch.setenv("DATABASE_URL", url)

        findings = await found(exit_code=1)

    assert findings["sessions_shared"] is True


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (f"ALTER ROLE {ROLE} SET timezone = 'America/New_York'", "database_time_zone"),
        (f"ALTER ROLE {ROLE} CREATEROLE", "database_role_rules"),
        (f"ALTER ROLE {ROLE} SUPERUSER", "database_role_rules"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "anybody_makes_tables"),
    ],
)
async def test_what_could_be_safer_is_told(database: str, statement: str, code: str) -> None:
    """It does not keep anybody from going live."""
    undone = {
        "database_time_zone": f"ALTER ROLE {ROLE} RESET timezone",
        "database_role_rules": f"ALTER ROLE {ROLE} NOSUPERUSER NOCREATEROLE",
        "anybody_makes_tables": "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    }[code]
    said(database, statement)
    try:
        assert await found(exit_code=0) == {code: False}
    finally:
        said(database, undone)


@pytest.mark.parametrize(
    ("fact", "code", "stops"),
    [
        ({"version": 14}, "database_old", True),
        ({"encoding": "SQL_ASCII"}, "database_encoding", True),
        ({"in_the_clear": True}, "database_without_tls", False),
    ],
)
async def test_a_server_of_another_sort_is_told(
    monkeypatch: pytest.MonkeyPatch, fact: dict[str, Any], code: str, *, stops: bool
) -> None:
    """None of these runs here, so what it would say is put in its mouth."""

    async def told() -> Any:
        return SimpleNamespace(**{**vars(await server_facts()), **fact})

    monkeypatch.setattr(examined, "server_facts", told)

    assert await found(exit_code=int(stops)) == {code: stops}


async def test_the_oldest_version_that_was_tried_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bound itself is good."""

    async def told() -> Any:
        return SimpleNamespace(**{**vars(await server_facts()), "version": 15})

    monkeypatch.setattr(examined, "server_facts", told)

    assert await found(exit_code=0) == {}


async def test_clocks_that_differ_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """By how much."""
    monkeypatch.setattr(examined, "utc_now", lambda: datetime.now(UTC) + timedelta(minutes=2))

    assert await found(exit_code=0) == {"clocks_differ": False}
    assert "clock is +120 s off" in (await mumaris("doctor")).stdout


async def test_a_database_that_takes_no_writes_is_told(database: str) -> None:
    """Whoever comes would be shown pages, and could send nothing."""
    said(database, f"REVOKE pg_write_all_data FROM {ROLE}")
    try:
        assert await found(exit_code=1) == {"database_unusable": True}
    finally:
        said(database, f"GRANT pg_write_all_data TO {ROLE}")
