"""PostgreSQL without an installation: a server of our own on a Unix socket."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from rules.errors import Misconfigured, Unavailable
from stack import data_directory
from stack.accounts import SystemAccount, owner, unprivileged_account
from stack.leftovers import end_leftover_server
from stack.postgres_binaries import PostgresBinaries, find_binaries
from stack.processes import Child

_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_LOCK_SECONDS = 15.0
#: The first version that can sort and compare UTF-8 without the machine's locales.
_BUILTIN_LOCALE_MAJOR = 17

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",  # our statements are short: compiling them costs more than running them
    # A failed statement goes to whoever sent it and not into the log: it quotes personal data.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ClusterNotCreated(Misconfigured):
    """`initdb` refused."""

    def __init__(self, data_dir: Path, output: str) -> None:
        super().__init__(f"no database cluster could be made in {data_dir}: {output.strip()}")
        self.data_dir = data_dir
        self.output = output


class EmbeddedPostgres:
    """A PostgreSQL server on one data directory, for as long as this object runs it.

    One owner for each directory: a second start, here or in another process, raises
    `DataDirectoryInUse` after waiting 15 s for a first one that is just ending. What a crash left
    behind (a stale postmaster.pid, a half-made cluster, a server whose owner was killed) is cleared
    by the next start. Anybody who can open the socket is superuser, so its folder is open to the
    server's user and root alone; nothing listens on the network.

    ``durable=False`` is for tests: a crash of the machine may destroy the data.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self._wanted_dir = data_dir
        self._durable = durable
        self._running: _Server | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def data_dir(self) -> Path:
        """Where the data are, which is elsewhere when root asks for a place only root can enter."""
        return self._server.data_dir

    @property
    def child(self) -> Child:
        """The server's process."""
        return self._server.child

    @property
    def pid(self) -> int:
        """The postmaster's process id."""
        return self.child.pid

    def start(self) -> None:
        """Make the cluster if there is none, run the server, and return when it answers.

        Raises `DataDirectoryInUse`, `NotADataDirectory`, `NoPostgresBinaries`, `ClusterNotCreated`,
        and `ChildDied` or `ChildNotReady` with the end of the server's log.
        """
        if self._running is not None:
            return
        server = _Server.prepare(self._wanted_dir, durable=self._durable)
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        self._running = server

    def stop(self) -> None:
        """End every session and the server; stopping a stopped one changes nothing."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def create_database(self, name: str, *, template: str | None = None) -> None:
        """Create an empty database, or a copy of `template`; an existing one stays as it is.

        Nobody may be connected to the template while it is copied.
        """
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        with psycopg.connect(self._server.url("postgres"), autocommit=True) as session:
            known = session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                session.execute(statement)

    def url(self, database: str) -> str:
        """The database, as libpq writes it."""
        return self._server.url(database)

    def prefect_url(self, database: str) -> str:
        """The database for Prefect's server, which insists on asyncpg."""
        return self.url(database).replace("postgresql", "postgresql+asyncpg", 1)

    @property
    def _server(self) -> "_Server":
        if self._running is None:
            raise PostgresNotRunning
        return self._running


class PostgresNotRunning(Unavailable):
    """The embedded PostgreSQL was not started, or was stopped."""


class _Server:
    """What is decided at a start: the user, the programs, the folders, and the process."""

    def __init__(
        self, data_dir: Path, account: SystemAccount, binaries: PostgresBinaries, *, durable: bool
    ) -> None:
        self.data_dir = data_dir
        self._account = account
        self._binaries = binaries
        self._durable = durable
        self._lock = data_directory.DirectoryLock(data_dir)
        self._socket_dir = data_directory.socket_folder(data_dir, account)
        self.child = Child(
            "PostgreSQL",
            self._command(),
            log=data_dir.with_name(data_dir.name + ".log"),
            env=_environment(),
            cwd=Path("/"),
            account=account,
            stop_signal=signal.SIGINT,  # ends sessions; SIGTERM would wait for them to leave
        )

    @classmethod
    def prepare(cls, wanted: Path, *, durable: bool) -> "_Server":
        account = unprivileged_account()
        data_dir = data_directory.reachable(wanted, account)
        major = data_directory.cluster_version(data_dir)
        if major is not None:
            account = owner(data_dir)  # whoever made the data, should a `postgres` have come since
        return cls(data_dir, account, find_binaries(account, major=major), durable=durable)

    def url(self, database: str) -> str:
        # The port only names the socket's file; said so that PGPORT cannot change it.
        return f"postgresql://postgres@/{database}?host={self._socket_dir}&port=5432"

    def start(self) -> None:
        self._lock.acquire(within=_LOCK_SECONDS)
        data_directory.make_private(self._socket_dir, self._account)
        end_leftover_server(self.data_dir, within=_STOP_SECONDS)
        if data_directory.cluster_version(self.data_dir) is None:
            self._create_cluster()
        self.run()

    def run(self) -> None:
        self.child.start()
        self.child.wait_until_ready(self._answers, within=_READY_SECONDS)

    def stop(self) -> None:
        if self._lock.is_held:  # else the server and its socket are somebody else's
            self.child.stop(_STOP_SECONDS)
            shutil.rmtree(self._socket_dir, ignore_errors=True)  # empty, or never made
            self._lock.release()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _command(self) -> list[str]:
        settings = _SETTINGS | {"unix_socket_directories": str(self._socket_dir)}
        if not self._durable:
            settings |= _NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._binaries.tool("postgres"), "-D", str(self.data_dir), *options]

    def _create_cluster(self) -> None:
        scratch = data_directory.empty_scratch(self.data_dir, self._account)
        if self._binaries.major >= _BUILTIN_LOCALE_MAJOR:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            locale = ["--locale=C.UTF-8"]
        command = [self._binaries.tool("initdb"), "-D", str(scratch), "-U", "postgres"]
        command += ["--auth=trust", "--encoding=UTF8", *locale]
        command += [] if self._durable else ["--no-sync"]
        privileged = os.geteuid() == 0
        made = subprocess.run(  # noqa: S603 - a program of the wheel or of the system
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env=_environment(),
            user=self._account.uid if privileged else None,
            group=self._account.gid if privileged else None,
            extra_groups=[] if privileged else None,
        )
        if made.returncode != 0:
            shutil.rmtree(scratch)
            raise ClusterNotCreated(self.data_dir, made.stderr)
        scratch.rename(self.data_dir)


def _environment() -> dict[str, str]:
    """Nothing of ours: PGDATA, PGPORT or LD_LIBRARY_PATH would change what the server does."""
    return {"LC_ALL": "C", "PATH": os.defpath}
