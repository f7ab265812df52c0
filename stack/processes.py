"""Child processes: started in their own group, with a log file, and never left behind."""

import math
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from rules.errors import Unavailable
from stack.accounts import SystemAccount
from stack.interrupts import interrupts_held_back
from stack.reaper import reaper, signal_group

_POLL_SECONDS = 0.05
_END_POLL_SECONDS = 0.01
_LAST_LINES = 15
_TAIL_BYTES = 8192


class ChildDied(Unavailable):
    """A process that should be running has ended by itself."""

    def __init__(self, name: str, exit_code: int | None, last_lines: str, log: Path) -> None:
        super().__init__(f"{name} ended with code {exit_code}; the end of {log}:\n{last_lines}")
        self.name = name
        self.exit_code = exit_code
        self.last_lines = last_lines
        self.log = log


class ChildNotReady(Unavailable):
    """A process runs, but did not become ready in time."""

    def __init__(self, name: str, seconds: float, last_lines: str, log: Path) -> None:
        super().__init__(
            f"{name} was not ready after {seconds:g} s; the end of {log}:\n{last_lines}"
        )
        self.name = name
        self.seconds = seconds
        self.last_lines = last_lines
        self.log = log


class Child:
    """A command that runs beside us until it is stopped, or until we are gone.

    It leads its own session, so the terminal's Ctrl-C does not reach it, and the reaper ends it
    when we vanish. What it prints goes to the log file; the log of the time before is kept beside
    it as ``<log>.previous``.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        account: SystemAccount | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._env = env
        self._cwd = cwd
        self._account = account
        self._stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The running command's process id; raises `ChildDied` where there is none."""
        if self._process is None:
            raise self._died()
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended, a signal as its negative; None while it runs or before its first start."""
        with interrupts_held_back():
            return self._process.poll() if self._process else None

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self.exit_code is None

    def start(self) -> None:
        """Start it; a second start while it runs changes nothing, after an end it starts anew."""
        if self.is_running():
            return
        if self._process is not None:
            self._clear_away(self._process.pid)
        else:
            self._keep_previous_log()
        with interrupts_held_back(), _appending(self.log) as output:
            self._process = self._popen(output.fileno())
            reaper.watch(self._process.pid, self._stop_signal)

    def wait_until_ready(self, probe: Callable[[], bool], *, within: float) -> None:
        """Ask `probe` until it says yes, for so many seconds.

        Raises `ChildDied` as soon as the process has ended, `ChildNotReady` when time is up.
        """
        deadline = time.monotonic() + within
        while not probe():
            self.check()
            if time.monotonic() > deadline:
                raise ChildNotReady(self.name, within, self.last_lines(), self.log)
            time.sleep(_POLL_SECONDS)

    def wait_until_done(self, *, within: float) -> None:
        """Wait for a command that ends by itself.

        Raises `ChildDied` if it fails, `ChildNotReady` if it takes longer than so many seconds.
        """
        if self._process is None:
            raise self._died()
        if not self._ends_within(within):
            raise ChildNotReady(self.name, within, self.last_lines(), self.log)
        self._clear_away(self._process.pid)
        if self.exit_code != 0:
            raise self._died()

    def check(self) -> None:
        """Raise `ChildDied` unless it runs."""
        if not self.is_running():
            raise self._died()

    def stop(self, grace: float = 5.0) -> None:
        """End it and its whole group: politely, and after the grace (seconds) by force.

        Stopping what does not run changes nothing.
        """
        if self._process is None:
            return
        if self.is_running():
            signal_group(self._process.pid, self._stop_signal)
            if not self._ends_within(grace):
                signal_group(self._process.pid, signal.SIGKILL)
                self._ends_within(math.inf)
        self._clear_away(self._process.pid)

    def last_lines(self) -> str:
        """The end of its log, at most 15 lines."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - _TAIL_BYTES))
            tail = log.read().decode(errors="replace")
        return "\n".join(tail.splitlines()[-_LAST_LINES:])

    def _ends_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.is_running():
            if time.monotonic() > deadline:
                return False
            time.sleep(_END_POLL_SECONDS)
        return True

    def _popen(self, output: int) -> subprocess.Popen[bytes]:
        account = self._account
        return subprocess.Popen(  # noqa: S603 - commands are ours; no shell reads them
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=self._env,
            cwd=self._cwd,
            start_new_session=True,
            umask=0o077,  # what it writes holds letters and keys
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account and os.geteuid() == 0 else None,
        )

    def _clear_away(self, group: int) -> None:
        """End what the command started and left behind, and let the reaper forget it."""
        with interrupts_held_back():
            signal_group(group, signal.SIGKILL)
            reaper.forget(group)

    def _keep_previous_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.log.with_name(self.log.name + ".previous"))

    def _died(self) -> ChildDied:
        return ChildDied(self.name, self.exit_code, self.last_lines(), self.log)


def _appending(log: Path) -> IO[str]:
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
