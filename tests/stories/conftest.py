"""Stories run on the whole stack: PostgreSQL, Prefect, our worker, the portal, a mail catcher."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from desk.documents.local import keep_documents_apart
from models.database import close_engine
from models.migrate import migrate
from stack.local import LocalStack, Ports
from stack.running import RunningStack
from support.mailbox import Mailbox
from support.policies import FORM_DECIDES, changed_policy
from support.stack import open_folder

ANY_PORT = Ports(prefect=0, portal=0, mail=0, smtp=0)


@dataclass(frozen=True)
class StoryStack:
    """The stack that the stories share, and where it keeps its files."""

    running: RunningStack
    home: Path


@pytest.fixture(scope="session")
def stage() -> Iterator[StoryStack]:
    """The stack that all stories share, started as `mumaris up` starts it."""
    with open_folder() as folder:
        home = folder / "home"
        stack = LocalStack(
            home,
            migrate=_migrate,
            documents=keep_documents_apart,
            progress=print,
            durable=False,
            ports=ANY_PORT,
        )
        with pytest.MonkeyPatch.context() as patch:
            # One story decides by Prefect's form, which the policy that we ship does not allow.
            patch.setenv("MUMARIS_POLICY", str(changed_policy(folder, FORM_DECIDES)))
            running = stack.start()
        try:
            yield StoryStack(running, home)
        finally:
            stack.stop()


def _migrate(database_url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", database_url)
        migrate()


@pytest.fixture
async def running(
    stage: StoryStack, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RunningStack]:
    """The running stack, which the environment names for the time of the test."""
    for name, value in stage.running.environment().items():
        monkeypatch.setenv(name, value)
    yield stage.running
    await close_engine()


@pytest.fixture
def home(stage: StoryStack) -> Path:
    """Where the running stack keeps all that it keeps."""
    return stage.home


@pytest.fixture
def mailbox(stage: StoryStack) -> Mailbox:
    """What the mail catcher has caught."""
    return Mailbox(stage.home / "mail")
