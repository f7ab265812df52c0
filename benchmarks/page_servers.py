"""The servers of `benchmarks.pages`: each is a process of its own, whose processor time is told."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.local import ROOT
from stack.ports import free_port, listens
from stack.processes import Child

_READY_SECONDS = 60
_TICKS = os.sysconf("SC_CLK_TCK")
#: Where /proc tells them, after the process's name: ticks in the program, and in the system for it.
_USER, _SYSTEM = 11, 12


@dataclass(frozen=True)
class Server:
    """A process that serves pages at this port."""

    port: int
    pid: int

    def processor_seconds(self) -> float:
        """What it has used so far."""
        told = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(told[_USER]) + int(told[_SYSTEM])) / _TICKS


@contextmanager
def serving(name: str, module: list[str], folder: Path) -> Iterator[Server]:
    """``python -m`` this, with a free port as its last argument; its log is kept in the folder."""
    port = free_port(0)
    command = [sys.executable, "-m", *module, f"{port}"]
    child = Child(name, command, log=folder / f"{name}.log", cwd=ROOT)
    child.start()
    try:
        child.wait_until_ready(lambda: listens(port), within=_READY_SECONDS)
        yield Server(port, child.pid)
    finally:
        child.stop()
