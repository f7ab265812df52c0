"""`make demo EXIT=1`, as it is run on a fresh machine."""

import subprocess
import sys
from pathlib import Path

from support.stack import open_folder


def run_demo(home: Path) -> subprocess.CompletedProcess[str]:
    """The command behind `make demo EXIT=1`, with a home of its own."""
    return subprocess.run(
        [str(Path(sys.executable).parent / "mumaris"), "demo", "--exit"],
        env={"PATH": "/usr/bin:/bin", "MUMARIS_HOME": str(home), "HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )


def processes_of(home: Path) -> list[str]:
    """The command lines of what still runs for this home."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(home) in command:
            found.append(command)
    return found


def test_every_step_happens_and_nothing_is_left_running() -> None:
    """It ends with 0, shows each request's timeline, and stops all that it started."""
    with open_folder() as home:
        done = run_demo(home)
        left = processes_of(home)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Every step happened" in done.stdout
    assert left == []
