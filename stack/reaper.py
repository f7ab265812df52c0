"""Nothing outlives us: a tiny process that ends our children when we vanish.

`kill -9` gives a program no chance to stop what it started. So the first child brings a reaper with
it: a separate process that holds the reading end of a pipe from us. The pipe tells it which process
groups are ours; when the pipe closes, for whatever reason, it ends the ones that are left. Linux's
parent-death signal is not used: it fires when the starting *thread* ends, and we start things from
threads; it also stops at the direct child and does not exist on macOS.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from typing import IO

#: Seconds that orphans get to stop by themselves before they are killed.
GRACE_SECONDS = 5.0


class Reaper:
    """Our end of the pipe. One for each process; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[int, int] = {}
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int | None:
        """The reaper's own process, once there was something to watch."""
        return self._process.pid if self._process else None

    def watch(self, group: int, stop_signal: int) -> None:
        """End this process group with this signal if we vanish; repeated, the last signal holds."""
        with self._lock:
            self._watched[group] = stop_signal
            self._tell(f"+ {group} {stop_signal}")

    def forget(self, group: int) -> None:
        """This process group has ended; forgetting an unknown one changes nothing."""
        with self._lock:
            if self._watched.pop(group, None) is not None:
                self._tell(f"- {group}")

    def _tell(self, line: str) -> None:
        if self._process is None:
            self._process = self._start()
        try:
            _send(self._process, line)
        except BrokenPipeError:  # somebody killed it: a new one has to learn everything again
            self._process.wait()
            self._process = self._start()
            for group, stop_signal in self._watched.items():
                _send(self._process, f"+ {group} {stop_signal}")

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own file, run by our own interpreter
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C is for us, not for it
            text=True,
        )
        atexit.register(_close, process)
        return process


def _send(process: subprocess.Popen[str], line: str) -> None:
    pipe = _pipe(process)
    pipe.write(line + "\n")
    pipe.flush()


def _pipe(process: subprocess.Popen[str]) -> IO[str]:
    if process.stdin is None:
        raise ValueError("the reaper was started without a pipe")
    return process.stdin


def _close(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(BrokenPipeError):
        _pipe(process).close()
    process.wait()


def read_orders(lines: Iterable[str]) -> dict[int, int]:
    """The process groups left when the pipe closed, in the order they started, with their signal.

    A last line cut short by a sudden death is left out.
    """
    left: dict[int, int] = {}
    for line in lines:
        if not line.endswith("\n"):
            break
        order, group, *stop_signal = line.split()
        if order == "+":
            left[int(group)] = int(stop_signal[0])
        else:
            left.pop(int(group), None)
    return left


def end_groups(groups: dict[int, int], grace: float = GRACE_SECONDS) -> None:
    """Stop these process groups, the last started first; after the grace (seconds) kill them."""
    for group, stop_signal in reversed(groups.items()):
        signal_group(group, stop_signal)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(signal_group(group, 0) for group in groups):
        time.sleep(0.05)
    for group in groups:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; whether anybody was there to get it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of a group that has only zombies left
        return False
    return True


def main() -> None:
    """Wait for the pipe to close, then end what is left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    end_groups(read_orders(sys.stdin))


reaper = Reaper()

if __name__ == "__main__":
    main()
