"""What tests stand on: a real PostgreSQL for the session, a fresh database for each test."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from models.database import close_engine
from models.migrate import migrate
from stack.postgres import EmbeddedPostgres
from stack.prefect_server import PrefectServer
from support.compiled import compile_once
from support.databases import TEMPLATE, Databases
from support.hurry import in_a_hurry, take_time
from support.policies import FROZEN
from support.server_log import repeated_errors
from support.smtp import SmtpRecorder
from support.stack import session_postgres, session_prefect

# Also for the processes that tests start: what an authority edits in policy.toml breaks no test.
os.environ["MUMARIS_POLICY"] = str(FROZEN)
# The mail servers of tests deliver to nobody.
os.environ["MUMARIS_MAIL_CAUGHT"] = "true"
# A shell that runs the tests in its background has them ignore Ctrl-C, and what they start as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
take_time()
compile_once()
# On a busy machine an example may take any time; pytest's own timeout finds what hangs.
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")

#: Folders whose tests share servers that take long to start.
_SHARING = frozenset({"faults", "stories", "worker"})


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """How `pytest -n 3` shares the tests out: by files, and by folders that share servers."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where xdist asks

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = Path(file).parent.name
            return folder if folder in _SHARING else file

    return Sharing(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: the garbage collector need not go through it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """An embedded PostgreSQL, which forgets everything when the session ends."""
    with session_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def prefect_server(postgres: EmbeddedPostgres) -> Iterator[PrefectServer]:
    """A Prefect server on the same PostgreSQL: one for the session (Prefect issue 19342).

    A test that stops it starts it again; pools and databases are the test's own. At the end its log
    holds no error that repeats: that is how a scheduler that never works shows.
    """
    with session_prefect(postgres) as server:
        yield server
        assert repeated_errors(server.child.log) == []


@pytest.fixture(scope="session")
def migrated(postgres: EmbeddedPostgres) -> EmbeddedPostgres:
    """The same server, with a migrated database to copy."""
    postgres.create_database(TEMPLATE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres.url(TEMPLATE))
        migrate()
    return postgres


@pytest.fixture(scope="session")
def databases(migrated: EmbeddedPostgres) -> Databases:
    """Databases to lend to tests."""
    return Databases(migrated)


@pytest.fixture
async def database(
    migrated: EmbeddedPostgres, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """An empty, migrated database that `DATABASE_URL` names for the time of the test."""
    name = databases.lend()
    monkeypatch.setenv("DATABASE_URL", migrated.url(name))
    yield migrated.url(name)
    await close_engine()
    databases.take_back(name)


@pytest.fixture
async def mail_server(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SmtpRecorder]:
    """A mail server that the environment names, and a database that owes nobody a letter yet."""
    async with SmtpRecorder() as recorder:
        recorder.name_in(monkeypatch)
        yield recorder


@pytest.fixture
def shipped_limits() -> Iterator[None]:
    """Pages and calls wait for the database as long as for people, and no longer."""
    with in_a_hurry():
        yield


@pytest.fixture
def repository() -> Path:
    """The root of the source tree."""
    return Path(__file__).parent.parent
