"""Other programs find a running stack, and only a running one."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from stack.running import (
    RunningFileUnreadable,
    RunningStack,
    default_home,
    process_start,
    running_stacks,
)

STACK = RunningStack(
    database_url="postgresql://postgres@/mumaris?host=/tmp/x&port=5432",
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


def test_a_number_that_another_process_has_by_now_is_not_the_stack_s(folder: Path) -> None:
    """After a reboot or a `kill -9` the number in the file may be anybody's."""
    replace(STACK, started="another boot 1").write(folder)
    assert RunningStack.read(folder) is None
    replace(STACK, started=process_start(os.getpid()) or "").write(folder)
    assert RunningStack.read(folder) is not None


def test_a_process_that_nobody_has_collected_is_gone(folder: Path) -> None:
    """In a container a killed stack may stay a corpse for ever."""
    corpse = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, corpse.pid, os.WEXITED | os.WNOWAIT)
    replace(STACK, pid=corpse.pid).write(folder)
    found = RunningStack.read(folder)
    corpse.wait()
    assert found is None


def test_the_demo_is_found_after_the_stack_of_daily_use(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both run, daily use comes first."""
    monkeypatch.setenv("MUMARIS_HOME", str(folder))
    replace(STACK, smtp_port=1).write(folder / "demo")
    assert [found.smtp_port for found in running_stacks().values()] == [1]
    replace(STACK, smtp_port=2).write(folder)
    assert list(running_stacks()) == [folder, folder / "demo"]
    assert [found.smtp_port for found in running_stacks().values()] == [2, 1]


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
        "MUMARIS_MAIL_CAUGHT": "true",
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
