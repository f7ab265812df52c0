"""What tests stand on: servers of their own, in folders of their own, gone afterwards."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from stack.ports import free_port
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from support.patience import Patience


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that goes away, and that a server run as another user can enter.

    pytest's own folders cannot be entered by anybody else, so root's PostgreSQL would have to keep
    its data in /var/lib/mumaris, where nobody removes them.
    """
    with tempfile.TemporaryDirectory(prefix="mumaris-test-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def killed_at_the_end(process: subprocess.Popen[str]) -> Iterator[None]:
    """A process that hangs fails its test, and holds up no other."""
    try:
        yield
    finally:
        process.kill()


@contextmanager
def session_postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL that forgets everything at the end."""
    with open_folder() as folder, EmbeddedPostgres(folder / "pg", durable=False) as server:
        yield server


@contextmanager
def session_prefect(
    postgres: EmbeddedPostgres, *, database: str = "prefect", port: int = 0
) -> Iterator[PrefectServer]:
    """A Prefect server on a database of this PostgreSQL, made if there is none."""
    postgres.create_database(database)
    with (
        open_folder() as home,
        PrefectServer(postgres.prefect_url(database), home, free_port(port)) as server,
    ):
        yield server


def restart(postgres: EmbeddedPostgres) -> None:
    """As an operator does: URLs stay, sessions end, data are written out."""
    postgres.child.stop(grace=15)
    postgres._server.run()


def drop_database(postgres: EmbeddedPostgres, name: str) -> None:
    """Remove a database and end its sessions; one that does not exist changes nothing."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as session:
        session.execute(statement)


def wait_until(condition: Callable[[], bool], *, within: float = 10.0) -> None:
    """Return as soon as the condition holds; an AssertionError after so many seconds."""
    patience = Patience(within)
    while not condition():
        assert not patience.is_at_its_end, f"not so after {within:g} s"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether this process runs; a corpse that nobody has collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    try:
        return not status.parent.parent.exists() or status.read_text().rpartition(")")[2][1] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
