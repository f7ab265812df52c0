"""An installation that no single machine can stop: two machines, and a database with a standby.

A machine is a portal and a worker in process groups of their own. It reaches the databases,
Prefect's server and the mail server over links of its own, which tests cut and slow down. Where the
run may make a network (`support.lan`), it is a namespace with a cable, too.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from psycopg.conninfo import conninfo_to_dict

import stack.postgres
import stack.prefect_server
from documents.keys import new_master_key
from models.migrate import migrate
from stack.local import POOL, POOL_TYPE, ROOT
from stack.ports import HOST, free_port
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from stack.processes import Child
from stack.reaper import signal_group
from support.faults import deploy
from support.lan import Cable, Lan, NoLan, lan
from support.network import Link, Network
from support.post_office import PostOffice
from support.prefect_window import PrefectWindow
from support.small_disk import small_disk
from support.stack import open_folder, wait_until

_TESTS = Path(__file__).parent.parent
_START_SECONDS = 300.0
_PORT = 5432
_GUARDED = """
import sys, stack.guarded_prefect as guard
guard.HOSTS |= {sys.argv.pop(1)}
guard.main()
"""
_END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'mumaris'"
_SESSIONS_OF = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = 'mumaris' AND client_addr = %s"
)


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
    #: Of its portal.
    host: str
    port: int
    cable: Cable | None
    #: Says where the databases are.
    databases: Path

    @property
    def address(self) -> str:
        """Where its portal is."""
        return f"http://{self.host}:{self.port}"

    def start(self) -> None:
        """Start both; what runs already stays as it is."""
        for child in (self.portal, self.worker):
            child.start()

    def wait_until_ready(self) -> None:
        """Return when both work."""
        self.portal.wait_until_ready(self._listens, within=_START_SECONDS)
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

    def lead(self, *databases: tuple[str, int]) -> bool:
        """Let new connections lead there; whether they did not yet."""
        hosts = ",".join(f"{host}:{port}" for host, port in databases)
        address = f"postgresql://postgres@{hosts}/mumaris"
        is_new = not self.databases.exists() or self.databases.read_text() != address
        self.databases.write_text(address)
        return is_new

    def lead_over_links(self) -> bool:
        """The same, to the links to both databases."""
        return self.lead(*((link.host, link.port) for link in self.database))

    def _listens(self) -> bool:
        with suppress(OSError), socket.create_connection((self.host, self.port), timeout=1):
            return True
        return False

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
    #: Where the machines are plugged in, or why there is none.
    lan: Lan | NoLan
    #: What faults have measured beside the table, in sentences.
    notes: list[str]

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

    def lead(self, *, straight: Lan | None) -> None:
        """Let the machines reach the databases themselves over their cables, or over the links.

        At first it is the links; connections that lead elsewhere are ended.
        """
        if straight is None:
            changed = [machine.lead_over_links() for machine in self.machines]
        else:
            servers = [(host, _PORT) for host in straight.hosts]
            changed = [machine.lead(*servers) for machine in self.machines]
        if any(changed):
            with psycopg.connect(self.primary.url("postgres")) as us:
                us.execute(_END_SESSIONS)

    def sessions_of(self, cable: Cable) -> int:
        """How many the primary holds for the machine at this cable."""
        with psycopg.connect(self.primary.url("postgres")) as us:
            found = us.execute(_SESSIONS_OF, [cable.address]).fetchone()
        return int(found[0]) if found else 0

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
        ours = _lan(opened)
        hosts = ours.hosts if isinstance(ours, Lan) else ("", "")
        cables = ours.cables if isinstance(ours, Lan) else (None, None)
        network = opened.enter_context(Network(hosts[0]) if hosts[0] else Network())
        disk = folder / "disk"
        is_small = opened.enter_context(small_disk(disk))
        primary = started(opened, EmbeddedPostgres(disk / "primary"), hosts[0])
        if isinstance(ours, Lan):
            let_in(primary, ours)
        for name in ("mumaris", "prefect"):
            primary.create_database(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", primary.url("mumaris"))
            migrate()
        replication = network.link(socket_of(primary))
        standby = _standby(primary, replication, folder / "standby")
        started(opened, standby, hosts[1])
        prefect_database = network.link(socket_of(primary))
        prefect = opened.enter_context(_prefect(prefect_database, folder))
        with temporary_settings({PREFECT_API_URL: prefect.api_url}):
            asyncio.run(deploy())
        key = new_master_key()
        machines = tuple(
            _machine(name, cable, network, (primary, standby), prefect, post, folder, key)
            for name, cable in zip(("first", "second"), cables, strict=True)
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
            ours,
            [],
        )


def _lan(opened: ExitStack) -> Lan | NoLan:
    try:
        return opened.enter_context(lan(2))
    except NoLan as why:
        return why


def started(opened: ExitStack, server: EmbeddedPostgres, host: str) -> EmbeddedPostgres:
    """Listening there, too, where a host is named."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(stack.postgres._SETTINGS, "listen_addresses", host)
        return opened.enter_context(server)


def let_in(primary: EmbeddedPostgres, ours: Lan) -> None:
    """Whoever is plugged in; a standby that is made of it does so, too."""
    with (primary.data_dir / "pg_hba.conf").open("a") as rules:
        rules.write(f"host all all {ours.subnet} trust\n")
    with psycopg.connect(primary.url("postgres")) as us:
        us.execute("SELECT pg_reload_conf()")


def _prefect(database: Link, folder: Path) -> PrefectServer:
    """One that answers under the name by which machines ask for it, too."""
    url = f"postgresql+asyncpg://postgres@{database.host}:{database.port}/prefect"
    command = (sys.executable, "-c", _GUARDED, database.host, *stack.prefect_server._COMMAND[3:])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack.prefect_server, "_COMMAND", command)
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
            f"--dbname=host={over.host} port={over.port} user=postgres",
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
    cable: Cable | None,
    network: Network,
    databases: tuple[EmbeddedPostgres, EmbeddedPostgres],
    prefect: PrefectServer,
    post: PostOffice,
    folder: Path,
    key: str,
) -> Machine:
    database = (network.link(socket_of(databases[0])), network.link(socket_of(databases[1])))
    to_prefect, mail = network.link(prefect.port), network.link(post.port)
    databases_file, clock = folder / f"{name}.databases", folder / f"{name}.clock"
    host, port = cable.address if cable else HOST, free_port(0)
    environment = {
        **os.environ,
        **prefect.client_env(),
        "NO_PROXY": "*",
        "PREFECT_API_URL": f"http://{to_prefect.host}:{to_prefect.port}/api",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(_TESTS)]),
        "DATABASE_URL": "postgresql://",  # in the file, which `support.machine_process` reads
        "MUMARIS_DOCUMENT_KEYS": key,
        "MUMARIS_SMTP_HOST": mail.host,
        "MUMARIS_SMTP_PORT": str(mail.port),
        "MUMARIS_PORTAL_URL": "http://portal.example.org",
        "MUMARIS_MAIL_REPLY_TO": "help@portal.example.org",
    }

    def child(what: str, *arguments: str) -> Child:
        misled = ("support.machine_process", str(clock), str(databases_file))
        command = [sys.executable, "-m", *misled, what, *arguments]
        log = folder / f"{name}-{what}.log"
        at = cable.within(*command) if cable else command
        return Child(f"{name} {what}", at, log=log, env=environment, cwd=ROOT)

    worker = ("worker", "start", "--pool", POOL, "--type", POOL_TYPE, "--name", name)
    machine = Machine(
        name=name,
        database=database,
        prefect=to_prefect,
        mail=mail,
        clock=clock,
        portal=child("portal", "--host", host, "--port", str(port)),
        worker=child("worker", *worker),
        host=host,
        port=port,
        cable=cable,
        databases=databases_file,
    )
    machine.lead_over_links()
    return machine
