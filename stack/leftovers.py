"""A server that lost its owner: found by its postmaster.pid, and ended."""

import os
import signal
import subprocess
import time
from pathlib import Path

from rules.errors import Conflict


class LeftoverServerStays(Conflict):
    """A server without an owner runs on the data directory and does not end."""

    def __init__(self, data_dir: Path, pid: int) -> None:
        super().__init__(f"process {pid} still runs the database in {data_dir}; end it by hand")
        self.data_dir = data_dir
        self.pid = pid


def end_leftover_server(data_dir: Path, *, within: float) -> None:
    """Make the data directory free; to be called by whoever holds its lock.

    A server that still runs has no owner: it is asked to end at once and waited for. A pid file
    whose number belongs to something else by now (a reboot, a `kill -9`) is removed, because
    PostgreSQL would take that other process for its own and refuse. Raises `LeftoverServerStays`
    after so many seconds.
    """
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = _first_number(pid_file)
    if pid is None or not _serves(pid, data_dir):
        pid_file.unlink()
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + within
    while _serves(pid, data_dir):
        if time.monotonic() > deadline:
            raise LeftoverServerStays(data_dir, pid)
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _first_number(pid_file: Path) -> int | None:
    """The process id; None where the machine died before it was written."""
    first, *_ = [*pid_file.read_text().splitlines(), ""]
    return int(first) if first.isdecimal() else None


def _serves(pid: int, data_dir: Path) -> bool:
    return f" -D {data_dir} " in _command_of(pid) + " "


def _command_of(pid: int) -> str:
    """The command line of a process; empty where there is no such process, or only its corpse."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            return ""
    answer = subprocess.run(  # noqa: S603 - macOS has no /proc
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout
