"""The composition: everything up, everything down, whatever happens in between.

Prefect's server, PostgreSQL and the mail catcher are real; the worker, the portal and Prefect's
commands are stand-ins.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg
import pytest

from stack.local import LocalStack, Ports, StackAlreadyRunning
from stack.processes import ChildDied
from stack.running import RunningStack
from support.patience import Patience
from support.stack import is_alive, killed_at_the_end, open_folder, wait_until

_PYTHON = (sys.executable, "-c")
_WORKER = (*_PYTHON, "import time; print('worker runs', flush=True); time.sleep(600)")
_TELL = (*_PYTHON, "import json, os; print(json.dumps(dict(os.environ)))")
_PORTAL = (sys.executable, "-m", "uvicorn", "--factory", "fastapi:FastAPI")

_INTERRUPTED = """
import signal
import sys
from pathlib import Path
from stack.local import LocalStack, Ports
def migrate(url):
    print("starting", flush=True)
# Whoever runs the tests in the background may have told its children to ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
stack = LocalStack(Path(sys.argv[1]), migrate=migrate, documents=lambda home: {},
                   progress=print, durable=False, ports=Ports(0, 0, 0, 0))
with stack:
    print("never reached")
"""


@dataclass
class Up:
    """A stack that runs, and what it said and did."""

    stack: LocalStack
    running: RunningStack
    said: list[str] = field(default_factory=list)
    migrated: list[str] = field(default_factory=list)


def build(home: Path, up_said: list[str], migrated: list[str]) -> LocalStack:
    """A stack of stand-ins."""
    return LocalStack(
        home,
        migrate=migrated.append,
        documents=lambda home: {"MUMARIS_DOCUMENTS": (home / "documents").as_uri()},
        progress=up_said.append,
        durable=False,
        ports=Ports(0, 0, 0, 0),
        worker_command=_WORKER,
        portal_command=_PORTAL,
        deploy_command=_TELL,
    )


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    """One stack for the tests that leave it running."""
    said, migrated = list[str](), list[str]()
    with open_folder() as folder:
        stack = build(folder / "home", said, migrated)
        with stack as running:
            yield Up(stack, running, said, migrated)


def process_of(stack: LocalStack, name: str) -> int:
    """The process id of one of its children."""
    return next(child.pid for child, _ in stack._started if child.name == name)


def all_processes(stack: LocalStack) -> list[int]:
    """Every process that a stack runs."""
    children = [child.pid for child, _ in stack._started if child.is_running()]
    return [stack._postgres.pid, *children]


def test_everything_answers(up: Up) -> None:
    """Each URL that is printed works."""
    assert up.migrated == [up.running.database_url]
    with psycopg.connect(up.running.database_url) as session:
        row = session.execute("SELECT current_database()").fetchone()
    assert row == ("mumaris",)
    pages = [f"{up.running.prefect_api_url}/health", up.running.prefect_ui_url]
    pages += [f"{up.running.portal_url}/docs", up.running.mail_url]
    for page in pages:
        assert httpx.get(page, timeout=60).status_code == 200


def test_nobody_else_reads_what_it_writes(up: Up) -> None:
    """Letters, keys, logs and data are their owner's."""
    found = [path for path in up.stack.home.rglob("*") if path.is_file() and not path.is_symlink()]
    readable = [path.name for path in found if path.stat().st_mode & 0o077]

    assert found
    assert readable == []
    assert up.stack.home.stat().st_mode & 0o066 == 0


def test_its_prefect_asks_for_a_password(up: Up) -> None:
    """Which the stack's own programs know, and whoever may read one file."""
    url = f"{up.running.prefect_api_url}/flow_runs/filter"
    known = up.running.environment()["PREFECT_API_AUTH_STRING"]

    answers = [
        httpx.post(url, json={}, auth=auth, timeout=60) for auth in (None, tuple(known.split(":")))
    ]

    assert [answer.status_code for answer in answers] == [401, 200]
    running = (up.stack.home / "running.json").read_text()
    assert known.partition(":")[2] not in running
    assert not [line for line in up.said if known.partition(":")[2] in line]


def test_other_programs_find_it(up: Up) -> None:
    """By the file in its home, for as long as it runs."""
    assert RunningStack.read(up.stack.home) == up.running
    assert up.running.pid == os.getpid()


def test_each_step_is_told_with_its_seconds(up: Up) -> None:
    """Users wait, so they see for what."""
    steps = [line.partition(" ready after")[0] for line in up.said]
    expected = ["PostgreSQL", "Tables", "Mail catcher", "Portal", "Prefect server"]
    assert steps[:6] == [*expected, "Deployments"]
    assert any(line.startswith("Everything runs after") for line in up.said)


def test_its_commands_find_it_by_their_environment(up: Up) -> None:
    """Deploying, the worker and the portal talk to this stack."""
    told = json.loads((up.stack.home / "deploy.log").read_text())
    assert up.running.environment().items() <= told.items()


def test_a_second_start_in_the_same_home_is_refused(up: Up) -> None:
    """And the first one is not disturbed."""
    with pytest.raises(StackAlreadyRunning) as refused:
        build(up.stack.home, [], []).start()
    assert refused.value.pid == os.getpid()
    assert RunningStack.read(up.stack.home) == up.running


def test_a_worker_that_dies_comes_back(up: Up) -> None:
    """By itself, and it is told."""
    first = process_of(up.stack, "worker")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: "worker started again" in up.said, within=10)
    assert process_of(up.stack, "worker") != first


def test_a_database_that_dies_comes_back(up: Up) -> None:
    """On the same URL."""
    os.kill(up.stack._postgres.pid, signal.SIGKILL)
    wait_until(lambda: "PostgreSQL started again" in up.said, within=10)
    wait_until(up.stack._postgres._server._answers, within=20)


def test_a_failing_step_leaves_nothing_running(folder: Path) -> None:
    """The error comes through as it is."""
    processes: list[int] = []

    def migrate(_url: str) -> None:
        processes.extend(all_processes(stack))
        raise ValueError("no such column")

    stack = build(folder / "home", [], [])
    stack._migrate = migrate
    with pytest.raises(ValueError, match="no such column"):
        stack.start()
    assert len(processes) >= 4  # the command that deploys may have ended
    assert not any(is_alive(pid) for pid in processes)


def test_a_portal_that_cannot_start_is_an_error_with_its_log(folder: Path) -> None:
    """One does not wait for what has died."""
    stack = build(folder / "home", [], [])
    stack._portal_command = (*_PYTHON, "raise SystemExit('no module named portal')")
    with pytest.raises(ChildDied, match="no module named portal"):
        stack.start()


def test_ctrl_c_while_starting_leaves_nothing_running(folder: Path, repository: Path) -> None:
    """Also in the middle of a step, and long before everything runs."""
    home = folder / "home"
    starting = subprocess.Popen(
        [sys.executable, "-c", _INTERRUPTED, str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(repository)},
    )
    with starting, killed_at_the_end(starting):
        assert starting.stdout is not None
        while "starting" not in starting.stdout.readline():
            assert starting.poll() is None
        database = int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        assert is_alive(database)
        starting.send_signal(signal.SIGINT)
        assert "never reached" not in starting.stdout.read()
        starting.wait()
    assert not is_alive(database)
    assert not (home / "postgres" / "postmaster.pid").exists()


def test_leaving_stops_everything(up: Up) -> None:
    """Quickly, and leaving twice changes nothing. The last test: it ends the common stack."""
    processes = all_processes(up.stack)
    patience = Patience(10)
    up.stack.stop()
    assert not patience.is_at_its_end
    assert len(processes) == 5
    assert not any(is_alive(pid) for pid in processes)
    assert RunningStack.read(up.stack.home) is None
    up.stack.stop()
