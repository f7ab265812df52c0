"""An embedded PostgreSQL keeps its data, and gets over what a crash left behind."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from stack import data_directory, postgres
from stack.accounts import unprivileged_account
from stack.data_directory import DataDirectoryInUse, NotADataDirectory, UnsafeSocketFolder
from stack.postgres import EmbeddedPostgres, PostgresNotRunning
from support.stack import drop_database, is_alive, restart, session_postgres, wait_until


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    """One server for the tests that leave it running."""
    with session_postgres() as running:
        yield running


def query(url: str, statement: str) -> object:
    """The first value that a statement gives."""
    with psycopg.connect(url, autocommit=True) as session:
        row = session.execute(statement.encode()).fetchone()
        return row[0] if row else None


def execute(url: str, statement: str) -> None:
    """Run a statement that gives nothing."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(statement.encode())


def test_data_survive_a_stop_and_a_start(folder: Path) -> None:
    """The second start finds what the first one kept."""
    with EmbeddedPostgres(folder / "pg", durable=False) as first:
        first.create_database("kept")
        execute(first.url("kept"), "CREATE TABLE word AS SELECT 'طلب' AS word")
    with EmbeddedPostgres(folder / "pg", durable=False) as second:
        assert query(second.url("kept"), "SELECT word FROM word") == "طلب"


def test_a_restart_keeps_the_url_and_ends_the_sessions(server: EmbeddedPostgres) -> None:
    """Clients that reconnect find it again in the same place."""
    url, pid = server.url("postgres"), server.pid
    restart(server)
    assert server.url("postgres") == url
    assert server.pid != pid
    assert query(url, "SELECT 1") == 1


def test_a_database_can_be_created_twice_copied_and_dropped(server: EmbeddedPostgres) -> None:
    """Repeating changes nothing; names are quoted, not believed."""
    server.create_database('odd "name"')
    server.create_database('odd "name"')
    server.create_database("source")
    execute(server.url("source"), "CREATE TABLE fact AS SELECT 42 AS fact")
    server.create_database("copy", template="source")
    assert query(server.url("copy"), "SELECT fact FROM fact") == 42
    for name in ('odd "name"', "copy", "copy", "source"):
        drop_database(server, name)
    names = "SELECT count(*) FROM pg_database WHERE datname IN ('odd \"name\"', 'copy')"
    assert query(server.url("postgres"), names) == 0


async def test_prefects_url_works_with_asyncpg(server: EmbeddedPostgres) -> None:
    """Prefect's server takes no other driver."""
    engine = create_async_engine(server.prefect_url("postgres"))
    async with engine.connect() as session:
        assert (await session.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


def test_the_server_is_made_for_us(server: EmbeddedPostgres) -> None:
    """UTF-8, UTC, room for everybody, trigrams for Prefect, and nothing on the network."""
    url = server.url("postgres")
    assert query(url, "SHOW server_encoding") == "UTF8"
    assert query(url, "SHOW timezone") == "UTC"
    assert query(url, "SHOW max_connections") == "300"
    assert query(url, "SHOW listen_addresses") == ""
    assert query(url, "SELECT upper('é')") == "É"
    available = "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'"
    assert query(url, available) == 1


def test_pgport_does_not_lead_clients_elsewhere(
    server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's own PostgreSQL settings are about another server."""
    monkeypatch.setenv("PGPORT", "6543")
    assert query(server.url("postgres"), "SELECT 1") == 1


def test_a_failed_statement_is_not_quoted_in_the_log(server: EmbeddedPostgres) -> None:
    """Statements and details carry personal data."""
    url = server.url("postgres")
    execute(url, "CREATE TABLE person (mobile text UNIQUE)")
    execute(url, "INSERT INTO person VALUES ('+966512345678')")
    with pytest.raises(psycopg.errors.UniqueViolation):
        execute(url, "INSERT INTO person VALUES ('+966512345678')")
    assert "512345678" not in server.child.log.read_text()


def test_a_second_owner_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One owner for each directory, and the first one is not disturbed."""
    monkeypatch.setattr(postgres, "_LOCK_SECONDS", 0.2)
    with EmbeddedPostgres(folder / "pg", durable=False) as first:
        with pytest.raises(DataDirectoryInUse):
            EmbeddedPostgres(folder / "pg").start()
        assert query(first.url("postgres"), "SELECT 1") == 1


def test_a_killed_server_starts_again(folder: Path) -> None:
    """`kill -9` leaves a pid file and a socket; neither is in the way."""
    with EmbeddedPostgres(folder / "pg") as first:
        first.create_database("kept")
        os.kill(first.pid, signal.SIGKILL)
        wait_until(lambda: not first.child.is_running())
    with EmbeddedPostgres(folder / "pg") as second:
        assert query(second.url("kept"), "SELECT 1") == 1


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(folder: Path) -> None:
    """After a reboot the number may belong to any process, which is left alone."""
    with EmbeddedPostgres(folder / "pg", durable=False) as first:
        data_dir = first.data_dir
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (data_dir / "postmaster.pid").write_text(f"{sleeper.pid}\n{data_dir}\n")
        with EmbeddedPostgres(folder / "pg", durable=False) as second:
            assert query(second.url("postgres"), "SELECT 1") == 1
        assert is_alive(sleeper.pid)
    finally:
        sleeper.kill()
        sleeper.wait()


def test_an_empty_pid_file_is_no_obstacle(folder: Path) -> None:
    """The machine died between making the file and writing it."""
    with EmbeddedPostgres(folder / "pg", durable=False) as first:
        data_dir = first.data_dir
    (data_dir / "postmaster.pid").touch()
    with EmbeddedPostgres(folder / "pg", durable=False) as second:
        assert query(second.url("postgres"), "SELECT 1") == 1


def test_a_server_that_lost_its_owner_makes_room(folder: Path) -> None:
    """Should even the reaper have been killed, the next start ends what is left."""
    lost = EmbeddedPostgres(folder / "pg", durable=False)
    lost.start()
    lost._server._lock.release()  # what the kernel does when an owner dies
    with EmbeddedPostgres(folder / "pg", durable=False) as second:
        assert not lost.child.is_running()
        assert query(second.url("postgres"), "SELECT 1") == 1
    lost.stop()


def test_a_cluster_cut_short_is_made_again(folder: Path) -> None:
    """A half-made cluster is never mistaken for data."""
    (folder / "pg.new").mkdir()
    (folder / "pg.new" / "PG_VERSION").write_text("17\n")
    with EmbeddedPostgres(folder / "pg", durable=False) as server:
        assert query(server.url("postgres"), "SELECT 1") == 1
    assert not (folder / "pg.new").exists()


def test_a_folder_with_other_files_is_not_touched(folder: Path) -> None:
    """A mistyped path must not cost anybody their files."""
    (folder / "pg").mkdir()
    (folder / "pg" / "thesis.txt").write_text("years of work")
    with pytest.raises(NotADataDirectory):
        EmbeddedPostgres(folder / "pg").start()
    assert [file.name for file in (folder / "pg").iterdir()] == ["thesis.txt"]


def test_a_long_path_does_not_make_a_long_socket(folder: Path) -> None:
    """A socket's path has some hundred bytes at most, a home may have more."""
    deep = folder / ("طويل" * 20) / ("x" * 100)
    with EmbeddedPostgres(deep / "pg", durable=False) as server:
        assert query(server.url("postgres"), "SELECT 1") == 1


def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    """Its name can be guessed, so anybody could have put a link there."""
    account = unprivileged_account()
    (folder / "link").symlink_to("/etc")
    with pytest.raises(UnsafeSocketFolder):
        data_directory.make_private(folder / "link", account)


def test_a_stopped_server_has_no_url(folder: Path) -> None:
    """And stopping what never ran changes nothing."""
    server = EmbeddedPostgres(folder / "pg")
    server.stop()
    with pytest.raises(PostgresNotRunning):
        server.url("postgres")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")
def test_root_runs_it_as_another_user_that_cannot_be_entered(server: EmbeddedPostgres) -> None:
    """PostgreSQL refuses to run as root; its data and its socket stay closed to all others."""
    socket_dir = Path(str(query(server.url("postgres"), "SHOW unix_socket_directories")))
    for private in (server.data_dir, socket_dir):
        assert private.stat().st_uid != 0
        assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs it as somebody else")
def test_roots_closed_folder_gets_a_link_to_the_data(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a checkout under /root the server's user could not reach its data."""
    monkeypatch.setattr(data_directory, "_SHARED_DATA", folder / "shared")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    for _ in range(2):
        with EmbeddedPostgres(closed / "pg", durable=False) as server:
            server.create_database("kept")
            assert server.data_dir.parent == folder / "shared"
            assert (closed / "pg").resolve() == server.data_dir
    shutil.rmtree(folder / "shared")
