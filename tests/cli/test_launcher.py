"""`./mumaris`, the command as the repository has built it."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """A folder with the launcher and nothing built."""
    shutil.copy(repository / "mumaris", tmp_path / "mumaris")
    return tmp_path


def build(checkout: Path) -> None:
    """Put this environment's command where `make build` puts it; it prints its home first."""
    command = checkout / ".venv" / "bin" / "mumaris"
    command.parent.mkdir(parents=True)
    installed = Path(sys.executable).with_name("mumaris")
    command.write_text(f'#!/bin/sh\necho "$MUMARIS_HOME"\nexec {installed} "$@"\n')
    command.chmod(0o755)


def launch(command: Path, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Ask the launcher for the version, from this folder."""
    kept = {name: value for name, value in os.environ.items() if name != "MUMARIS_HOME"}
    return subprocess.run(
        [command, "--version"],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_says_what_to_do_where_nothing_is_built(checkout: Path) -> None:
    """Right after `git clone`."""
    launched = launch(checkout / "mumaris", checkout)

    assert launched.returncode == 127
    assert launched.stderr == (
        f"mumaris is not built yet: run `make build` (or `make demo`) in {checkout}\n"
    )


def test_it_runs_from_any_folder_and_through_a_link(checkout: Path) -> None:
    """It looks for the running stack beside itself, wherever it is called from."""
    build(checkout)
    (checkout / "elsewhere").mkdir()
    (checkout / "elsewhere" / "m").symlink_to("../mumaris")

    direct = launch(checkout / "mumaris", Path("/"))
    linked = launch(checkout / "elsewhere" / "m", checkout / "elsewhere")
    elsewhere = launch(checkout / "mumaris", Path("/"), MUMARIS_HOME="/srv/home")

    said = f"{checkout / '.mumaris'}\nmumaris {version('mumaris')}\n"
    assert (direct.stdout, linked.stdout) == (said, said)
    assert elsewhere.stdout.startswith("/srv/home\n")
