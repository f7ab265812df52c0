"""The two installations that are compared, each with a stack of its own for the time it runs."""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from desk.documents.local import keep_documents_apart
from desk.policy import current_policy
from models.migrate import migrate
from stack.local import (
    POOL_TYPE,
    ROOT,
    Command,
    LocalStack,
    Ports,
    deploy_command,
    worker_command,
)
from stack.processes import Child
from stack.running import RunningStack

Progress = Callable[[str], None]

_CARETAKER: Command = (sys.executable, "-c", "from cli.main import app; app()", "caretaker")
_CARETAKER_READY_SECONDS = 60.0
_CARETAKER_STOP_SECONDS = 12.0
_ANY_PORT = Ports(prefect=0, portal=0, mail=0, smtp=0)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Side:
    """A way to run the deployments of prefect.yaml."""

    name: str
    #: Starts it, and stops it again.
    stack: Callable[[Progress], AbstractContextManager[RunningStack]]
    #: Seconds between two looks at the pool, at any instant between which a request may come; 0
    #: where a doorbell makes the worker look.
    polling_seconds: float


@contextmanager
def our_worker(
    progress: Progress,
    *,
    ports: Ports = _ANY_PORT,
    worker_has: Mapping[str, str] | None = None,
) -> Iterator[RunningStack]:
    """The stack as `mumaris up` runs it: our worker, which keeps house inside.

    ``worker_has`` are variables of the worker's alone: another mail server, another address of
    Prefect.
    """
    with (
        home_folder() as home,
        _stack(home, progress, POOL_TYPE, ports=ports, worker_has=worker_has or {}) as running,
    ):
        yield running


@contextmanager
def process_worker(progress: Progress) -> Iterator[RunningStack]:
    """The same stack and deployments under Prefect's process worker, with a caretaker beside it.

    The worker has Prefect's defaults: it looks every 10 s and starts an interpreter for each run.
    """
    with home_folder() as home, _stack(home, progress, "process") as running:
        caretaker = Child("caretaker", _CARETAKER, log=home / "caretaker.log", cwd=ROOT)
        caretaker.start()
        try:
            caretaker.wait_until_ready(
                lambda: "Keeping house" in caretaker.log.read_text(),
                within=_CARETAKER_READY_SECONDS,
            )
            yield running
            caretaker.check()
        finally:
            caretaker.stop(_CARETAKER_STOP_SECONDS)


@contextmanager
def home_folder() -> Iterator[Path]:
    """A folder that goes away; others may pass through it, for root's PostgreSQL is not root."""
    with tempfile.TemporaryDirectory(prefix="mumaris-benchmark-") as name:
        home = Path(name)
        home.chmod(0o711)
        yield home


@contextmanager
def _stack(
    home: Path,
    progress: Progress,
    pool_type: str,
    *,
    ports: Ports = _ANY_PORT,
    worker_has: Mapping[str, str] = _NOTHING,
) -> Iterator[RunningStack]:
    variables = (f"{name}={value}" for name, value in worker_has.items())
    stack = LocalStack(
        home,
        migrate=migrate_at,
        documents=keep_documents_apart,
        progress=progress,
        ports=ports,
        deploy_command=deploy_command(pool_type),
        worker_command=("env", *variables, *worker_command(pool_type)),
    )
    with policy_without_files(home), stack as running, environment_with(running.environment()):
        yield running


@contextmanager
def policy_without_files(home: Path) -> Iterator[None]:
    """The policy in force, but for documents, which need no files: they are measured by themselves.

    That is `benchmarks.documents`.
    """
    named = Path(os.environ.get("MUMARIS_POLICY") or ROOT / "policy.toml")
    policy = home / "policy.toml"
    text = named.read_text(encoding="utf-8")
    policy.write_text(re.sub(r'(?m)^files = "required"', 'files = "optional"', text), "utf-8")
    with environment_with({"MUMARIS_POLICY": str(policy)}):
        current_policy.cache_clear()
        yield
    current_policy.cache_clear()


@contextmanager
def environment_with(variables: Mapping[str, str]) -> Iterator[None]:
    """These variables for this process and the ones it starts meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def migrate_at(database_url: str) -> None:
    """Make the tables of this database."""
    with environment_with({"DATABASE_URL": database_url}):
        migrate()


OURS = Side("our worker", our_worker, polling_seconds=0)
PROCESS = Side("process worker", process_worker, polling_seconds=10)
