"""An installation that no single machine can stop: two machines, and a database with a standby.

A machine is a portal and a worker in process groups of their own. It reaches the databases,
Prefect's server and the mail server over links of its own, which tests cut and slow down.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from psycopg.conninfo import conninfo_to_dict

from documents.keys import new_master_key
from models.migrate import migrate
from stack.local import POOL, POOL_TYPE, ROOT
from stack.ports import free_port, listens
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from stack.processes import Child
from stack.reaper import signal_group
from support.faults import deploy
from support.network import Link, Network
from support.post_office import PostOffice
from support.prefect_window import PrefectWindow
from support.small_disk import small_disk
from support.stack import open_folder, wait_until

_TESTS = Path(__file__).parent.parent
_START_SECONDS = 300.0


@dataclass
class Machine:
    """A portal and a worker, and the ways from them to everything else."""

    name: str
    #: To the primary and to the standby.
    database: tuple[Link, Link]
    prefect: Link
    mail: Link
    #: By how many seconds its clock is wrong.
    clock: Path
    portal: Child
    worker: Child
    port: int

    @property
    def address(self) -> str:
        """Where its portal is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start both; what runs already stays as it is."""
        for child in (self.portal, self.worker):
            child.start()

    def wait_until_ready(self) -> None:
        """Return when both work."""
        self.portal.wait_until_ready(lambda: listens(self.port), within=_START_SECONDS)
        self.worker.wait_until_ready(self._works, within=_START_SECONDS)

    def kill(self) -> None:
        """As a loss of power does."""
        for child in (self.portal, self.worker):
            signal_group(child.pid, signal.SIGKILL)
        wait_until(lambda: not (self.portal.is_running() or self.worker.is_running()))

    def stop(self) -> None:
        """End both; stopping a stopped one changes nothing."""
        for child in (self.portal, self.worker):
            child.stop(grace=10)

    def _works(self) -> bool:
        return "started!" in self.worker.log.read_text()


@dataclass(frozen=True)
class Site:
    """All of it."""

    primary: EmbeddedPostgres
    standby: EmbeddedPostgres
    replication: Link
    prefect: PrefectServer
    prefect_database: Link
    post: PostOffice
    machines: tuple[Machine, Machine]
    #: Of the primary, where it can be filled.
    disk: Path | None

    def environment(self) -> dict[str, str]:
        """The variables by which a test finds it, over no link."""
        hosts = ",".join(str(socket_of(each).parent) for each in (self.primary, self.standby))
        return {
            **self.prefect.client_env(),
            "DATABASE_URL": f"postgresql://postgres@/mumaris?host={hosts}&port=5432,5432",
        }

    @property
    def window(self) -> PrefectWindow:
        """What operations see."""
        return PrefectWindow(self.prefect.api_url)

    def promote(self) -> None:
        """Let the standby be the primary, for everybody; Prefect's address is moved to it."""
        with psycopg.connect(self.standby.url("postgres"), autocommit=True) as us:
            us.execute("SELECT pg_promote()")
        self.prefect_database.lead_to(socket_of(self.standby))


def socket_of(postgres: EmbeddedPostgres) -> Path:
    """Where the server listens."""
    return Path(str(conninfo_to_dict(postgres.url("postgres"))["host"])) / ".s.PGSQL.5432"


@contextmanager
def two_machines() -> Iterator[Site]:
    """Start everything; the tables are made, the flows deployed, and both machines work."""
    with ExitStack() as opened:
        folder = opened.enter_context(open_folder())
        post = opened.enter_context(PostOffice())
        network = opened.enter_context(Network())
        disk = folder / "disk"
        is_small = opened.enter_context(small_disk(disk))
        primary = opened.enter_context(EmbeddedPostgres(disk / "primary"))
        for name in ("mumaris", "prefect"):
            primary.create_database(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", primary.url("mumaris"))
            migrate()
        replication = network.link(socket_of(primary))
        standby = opened.enter_context(_standby(primary, replication, folder / "standby"))
        prefect_database = network.link(socket_of(primary))
        prefect = opened.enter_context(_prefect(prefect_database, folder))
        with temporary_settings({PREFECT_API_URL: prefect.api_url}):
            asyncio.run(deploy())
        key = new_master_key()
        machines = tuple(
            _machine(name, network, (primary, standby), prefect, post, folder, key)
            for name in ("first", "second")
        )
        for machine in machines:
            opened.callback(machine.stop)
            machine.start()
        for machine in machines:
            machine.wait_until_ready()
        yield Site(
            primary,
            standby,
            replication,
            prefect,
            prefect_database,
            post,
            (machines[0], machines[1]),
            disk if is_small else None,
        )


def _prefect(database: Link, folder: Path) -> PrefectServer:
    url = f"postgresql+asyncpg://postgres@127.0.0.1:{database.port}/prefect"
    return PrefectServer(url, folder, free_port(0))


def _standby(primary: EmbeddedPostgres, over: Link, data_dir: Path) -> EmbeddedPostgres:
    """A streaming standby, not started; the primary says yes to nothing that it has not got."""
    server = primary._server
    account = server._account
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, account.uid, account.gid)
    privileged = os.geteuid() == 0
    subprocess.run(
        [
            server._binaries.tool("pg_basebackup"),
            f"--dbname=host=127.0.0.1 port={over.port} user=postgres",
            f"--pgdata={data_dir}",
            "--write-recovery-conf",
            "--wal-method=stream",
            "--checkpoint=fast",
            "--no-sync",
        ],
        check=True,
        cwd="/",
        user=account.uid if privileged else None,
        group=account.gid if privileged else None,
        extra_groups=[] if privileged else None,
    )
    with psycopg.connect(primary.url("postgres"), autocommit=True) as us:
        us.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        us.execute("ALTER SYSTEM SET max_wal_size = '96MB'")  # its disk is small
        us.execute("SELECT pg_reload_conf()")
    return EmbeddedPostgres(data_dir)


def _machine(
    name: str,
    network: Network,
    databases: tuple[EmbeddedPostgres, EmbeddedPostgres],
    prefect: PrefectServer,
    post: PostOffice,
    folder: Path,
    key: str,
) -> Machine:
    database = (network.link(socket_of(databases[0])), network.link(socket_of(databases[1])))
    to_prefect, mail = network.link(prefect.port), network.link(post.port)
    hosts = ",".join(f"127.0.0.1:{link.port}" for link in database)
    environment = {
        **os.environ,
        **prefect.client_env(),
        "PREFECT_API_URL": f"http://127.0.0.1:{to_prefect.port}/api",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(_TESTS)]),
        "DATABASE_URL": f"postgresql://postgres@{hosts}/mumaris",
        "MUMARIS_DOCUMENT_KEYS": key,
        "MUMARIS_SMTP_HOST": "127.0.0.1",
        "MUMARIS_SMTP_PORT": str(mail.port),
        "MUMARIS_PORTAL_URL": "http://portal.example.org",
        "MUMARIS_MAIL_REPLY_TO": "help@portal.example.org",
    }
    clock, port = folder / f"{name}.clock", free_port(0)

    def child(what: str, *arguments: str) -> Child:
        command = [sys.executable, "-m", "support.machine_process", str(clock), what, *arguments]
        log = folder / f"{name}-{what}.log"
        return Child(f"{name} {what}", command, log=log, env=environment, cwd=ROOT)

    worker = ("worker", "start", "--pool", POOL, "--type", POOL_TYPE, "--name", name)
    return Machine(
        name=name,
        database=database,
        prefect=to_prefect,
        mail=mail,
        clock=clock,
        portal=child("portal", "--port", str(port)),
        worker=child("worker", *worker),
        port=port,
    )
