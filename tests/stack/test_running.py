"""Other programs find a running stack, and only a running one."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stack.running import RunningFileUnreadable, RunningStack, default_home

STACK = RunningStack(
    database_url="postgresql+psycopg://postgres@/mumaris?host=/tmp/x&port=5432",
    prefect_api_url="http://127.0.0.1:4200/api",
    prefect_ui_url="http://127.0.0.1:4200",
    portal_url="http://127.0.0.1:8000",
    mail_url="http://127.0.0.1:8025",
    smtp_host="127.0.0.1",
    smtp_port=1025,
    pid=os.getpid(),
)


def test_what_is_written_is_read(folder: Path) -> None:
    """The file is its owner's alone, and written anew each time."""
    replace(STACK, smtp_port=1).write(folder / "home")
    STACK.write(folder / "home")
    assert RunningStack.read(folder / "home") == STACK
    assert (folder / "home" / "running.json").stat().st_mode & 0o777 == 0o600


def test_no_file_means_that_nothing_runs(folder: Path) -> None:
    """Nor does a file that was removed, once or twice."""
    assert RunningStack.read(folder) is None
    STACK.write(folder)
    RunningStack.remove(folder)
    RunningStack.remove(folder)
    assert RunningStack.read(folder) is None


def test_a_stack_whose_process_is_gone_does_not_run(folder: Path) -> None:
    """A killed stack could not remove its file."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    replace(STACK, pid=gone.pid).write(folder)
    assert RunningStack.read(folder) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"colour": "green"}'])
def test_a_broken_file_is_an_error_that_names_it(folder: Path, content: str) -> None:
    """It is not taken for a stopped stack."""
    (folder / "running.json").write_text(content)
    with pytest.raises(RunningFileUnreadable, match=r"running\.json"):
        RunningStack.read(folder)


def test_the_environment_leads_to_the_stack() -> None:
    """These are the names that the other packages read."""
    assert STACK.environment() == {
        "DATABASE_URL": STACK.database_url,
        "PREFECT_API_URL": STACK.prefect_api_url,
        "PREFECT_API_TLS_INSECURE_SKIP_VERIFY": "true",
        "MUMARIS_SMTP_HOST": "127.0.0.1",
        "MUMARIS_SMTP_PORT": "1025",
        "MUMARIS_PORTAL_URL": "http://127.0.0.1:8000",
    }


def test_the_home_is_named_by_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name it is a hidden folder here."""
    monkeypatch.setenv("MUMARIS_HOME", str(folder))
    assert default_home() == folder
    monkeypatch.delenv("MUMARIS_HOME")
    monkeypatch.chdir(folder)
    assert default_home() == folder / ".mumaris"
