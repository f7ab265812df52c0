"""Which database a command works on."""

import os
from pathlib import Path

import pytest

from cli.errors import Unreachable
from cli.running import use_database
from stack.running import RunningStack


def stack(home: Path, *, pid: int) -> RunningStack:
    """A stack that says where it runs."""
    running = RunningStack(
        database_url="postgresql://postgres@/mumaris?host=/tmp/nowhere",
        prefect_api_url="http://127.0.0.1:4200/api",
        prefect_ui_url="http://127.0.0.1:4200",
        portal_url="http://127.0.0.1:8000",
        mail_url="http://127.0.0.1:8025",
        smtp_host="127.0.0.1",
        smtp_port=2525,
        pid=pid,
    )
    running.write(home)
    return running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `mumaris up` would say that it runs; nothing else names a database."""
    monkeypatch.setattr(os, "environ", {**os.environ, "MUMARIS_HOME": str(tmp_path)})
    os.environ.pop("DATABASE_URL", None)
    return tmp_path


def test_the_environment_is_asked_first(home: Path) -> None:
    """A named database is never replaced by the running stack's."""
    stack(home, pid=os.getpid())
    os.environ["DATABASE_URL"] = "postgresql://localhost/named"

    use_database()

    assert os.environ["DATABASE_URL"] == "postgresql://localhost/named"


def test_the_running_stack_is_found(home: Path) -> None:
    """Its other addresses come with it."""
    running = stack(home, pid=os.getpid())

    use_database()

    assert os.environ["DATABASE_URL"] == running.database_url
    assert os.environ["MUMARIS_PORTAL_URL"] == running.portal_url


def test_the_demo_is_found_where_it_runs_alone(home: Path) -> None:
    """What `make demo` prints works as it stands, with nothing to set."""
    running = stack(home / "demo", pid=os.getpid())

    use_database()

    assert os.environ["MUMARIS_PORTAL_URL"] == running.portal_url


def test_where_both_run_it_says_which_it_works_on(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stack of daily use, and how to reach the demo's; stdout stays the command's."""
    stack(home, pid=os.getpid())
    stack(home / "demo", pid=os.getpid())

    use_database()

    said = capsys.readouterr()
    assert said.out == ""
    assert f"the one of `mumaris up`, in {home}." in said.err
    assert f"MUMARIS_HOME={home / 'demo'}" in said.err


def test_without_either_it_says_what_to_do(home: Path) -> None:
    """One line that names both ways."""
    with pytest.raises(Unreachable, match=r"mumaris up.*DATABASE_URL"):
        use_database()
