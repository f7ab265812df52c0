"""The whole stack on one machine, for daily use, the demo, tests and benchmarks."""

import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rules.errors import Conflict
from stack.mail_letters import KEY
from stack.ports import HOST, free_port, listens
from stack.postgres import EmbeddedPostgres
from stack.prefect_commands import THEN
from stack.prefect_server import PrefectServer
from stack.processes import Child
from stack.running import RunningStack, process_start
from stack.sign_in import sign_in, sign_in_file
from stack.supervisor import Supervisor

Progress = Callable[[str], None]
#: Makes sure of the documents' store and keys in this home; returns the variables that name them.
Keeping = Callable[[Path], Mapping[str, str]]
Command = Sequence[str]

POOL = "mumaris"
POOL_TYPE = "mumaris-inprocess"
#: The folder of prefect.yaml and of our packages.
ROOT = Path(__file__).resolve().parent.parent

_PREFECT = (sys.executable, "-m", "stack.prefect_commands")


def deploy_command(pool_type: str) -> Command:
    """What makes the pool of this type and deploys to it; started with the server, it waits."""
    pool = ("work-pool", "create", POOL, "--type", pool_type, "--overwrite")
    return (*_PREFECT, "/health", *pool, THEN, "deploy", "--all")


def worker_command(pool_type: str) -> Command:
    """What runs a worker of this type, as soon as there is the pool.

    It has one name, kept, so that Prefect's list of workers does not grow with every start.
    """
    worker = ("worker", "start", "--pool", POOL, "--type", pool_type, "--name", "mumaris-local")
    return (*_PREFECT, f"/work_pools/{POOL}", *worker)


DEPLOY_COMMAND = deploy_command(POOL_TYPE)
WORKER_COMMAND = worker_command(POOL_TYPE)
#: A free `--host` and `--port` are appended.
PORTAL_COMMAND: Command = (sys.executable, "-m", "portal")

_STEP_SECONDS = 120.0
_WORKER_STOP_SECONDS = 15.0  # it lets the steps under way finish
_STOP_SECONDS = 5.0


class StackAlreadyRunning(Conflict):
    """A stack runs in this home already."""

    def __init__(self, home: Path, pid: int) -> None:
        super().__init__(f"a stack already runs in {home} (process {pid})")
        self.home = home
        self.pid = pid


@dataclass(frozen=True)
class Ports:
    """The ports we would like; the next free one is taken instead, 0 takes any."""

    prefect: int = 4200
    portal: int = 8000
    mail: int = 8025
    smtp: int = 1025


class LocalStack:
    """PostgreSQL, Prefect's server, a mail catcher, the deployments, a worker and the portal.

    A context manager: entering starts everything and returns the `RunningStack`; leaving, for
    whatever reason, stops everything in reverse order. What dies in between is started again, and
    `progress` is told; it gets one line for each step, from our thread or the supervisor's.
    `migrate` gets the database's URL and runs while Prefect's server is starting; `documents` gets
    the home, and every process gets what it returns. Data stay in `home`; entering again finds
    them. If this process is killed, the reaper ends the rest.
    """

    def __init__(
        self,
        home: Path,
        *,
        migrate: Callable[[str], None],
        documents: Keeping,
        progress: Progress,
        durable: bool = True,
        ports: Ports | None = None,
        worker_command: Command = WORKER_COMMAND,
        portal_command: Command = PORTAL_COMMAND,
        deploy_command: Command = DEPLOY_COMMAND,
    ) -> None:
        self.home = home.absolute()
        self._migrate = migrate
        self._documents = documents
        self._progress = progress
        self._ports = ports or Ports()
        self._worker_command = worker_command
        self._portal_command = portal_command
        self._deploy_command = deploy_command
        self._postgres = EmbeddedPostgres(self.home / "postgres", durable=durable)
        self._started: list[tuple[Child, float]] = []
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> RunningStack:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> RunningStack:
        """Start everything; returns when all of it answers.

        Raises `StackAlreadyRunning`, whatever `migrate` and `documents` raise, and the errors of
        PostgreSQL and of child processes. Whatever stops it, a Ctrl-C included, it leaves nothing
        running.
        """
        found = RunningStack.read(self.home)
        if found is not None:
            raise StackAlreadyRunning(self.home, found.pid)
        # To be passed through by PostgreSQL's user, and looked into by nobody else.
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        try:
            return self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything in reverse order; stopping a stopped stack changes nothing."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        while self._started:
            child, grace = self._started.pop()
            child.stop(grace)
        self._postgres.stop()
        found = RunningStack.read(self.home)
        if found is not None and found.pid == os.getpid():
            RunningStack.remove(self.home)

    def _start(self) -> RunningStack:
        begun = time.monotonic()
        with self._step("PostgreSQL"):
            self._postgres.start()
            self._postgres.create_database("mumaris")
            self._postgres.create_database("prefect")
        prefect = self._prefect_server()
        running = self._describe(prefect)
        mail = self._mail_catcher(running)
        self._started.append((prefect.child, _STOP_SECONDS))
        prefect.launch()
        self._launch(mail)
        environment = {**os.environ, **prefect.client_env(), **running.environment()}
        deploy = self._child("deploy", self._deploy_command, environment)
        self._launch(deploy)
        worker = self._child("worker", self._worker_command, environment)
        self._launch(worker, grace=_WORKER_STOP_SECONDS)
        with self._step("Tables"):
            self._migrate(running.database_url)
        with self._step("Mail catcher"):
            _wait_for_port(mail, running.smtp_port)
        portal = self._portal(running, environment)
        self._launch(portal)
        with self._step("Portal"):
            _wait_for_port(portal, _port(running.portal_url))
        with self._step("Prefect server"):
            prefect.wait_until_ready()
        with self._step("Deployments"):
            deploy.wait_until_done(within=_STEP_SECONDS)
        worker.check()
        self._supervise(self._postgres.child, prefect.child, mail, portal, worker)
        running.write(self.home)
        self._progress(f"Everything runs after {time.monotonic() - begun:.1f} s")
        return running

    def _prefect_server(self) -> PrefectServer:
        port = free_port(self._ports.prefect)
        url = self._postgres.prefect_url("prefect")
        return PrefectServer(url, self.home, port, sign_in=sign_in(self.home))

    def _describe(self, prefect: PrefectServer) -> RunningStack:
        return RunningStack(
            database_url=self._postgres.url("mumaris"),
            prefect_api_url=prefect.api_url,
            prefect_ui_url=prefect.ui_url,
            # By name: browsers make passkeys for no number.
            portal_url=f"http://localhost:{free_port(self._ports.portal)}",
            mail_url=f"http://{HOST}:{free_port(self._ports.mail)}/{secrets.token_urlsafe(18)}/",
            smtp_host=HOST,
            smtp_port=free_port(self._ports.smtp),
            prefect_sign_in=str(sign_in_file(self.home)),
            documents=self._documents(self.home),
            pid=os.getpid(),
            started=process_start(os.getpid()) or "",
        )

    def _mail_catcher(self, running: RunningStack) -> Child:
        ports = ["--smtp-port", str(running.smtp_port), "--http-port", str(_port(running.mail_url))]
        folder = ["--maildir", str(self.home / "mail")]
        command = [sys.executable, "-m", "stack.mail_catcher", *ports, *folder]
        key = urlsplit(running.mail_url).path.strip("/")
        return self._child("mail-catcher", command, {**os.environ, KEY: key})

    def _portal(self, running: RunningStack, environment: dict[str, str]) -> Child:
        where = ["--host", HOST, "--port", str(_port(running.portal_url))]
        return self._child("portal", [*self._portal_command, *where], environment)

    def _child(self, name: str, command: Command, environment: dict[str, str]) -> Child:
        return Child(name, command, log=self.home / f"{name}.log", env=environment, cwd=ROOT)

    def _launch(self, child: Child, grace: float = _STOP_SECONDS) -> None:
        self._started.append((child, grace))
        child.start()

    def _supervise(self, *children: Child) -> None:
        self._supervisor = Supervisor(children, self._progress)
        self._supervisor.start()

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self._progress(f"{name} ready after {time.monotonic() - begun:.1f} s")


def _port(url: str) -> int:
    found = urlsplit(url).port
    if found is None:
        raise ValueError("our own addresses have a port")
    return found


def _wait_for_port(child: Child, port: int) -> None:
    child.wait_until_ready(lambda: listens(port), within=_STEP_SECONDS)
