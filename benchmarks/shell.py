"""What the benchmarks that start whole stacks have in common at the shell."""

import os
import signal
from types import FrameType
from typing import NoReturn

import typer


def end_in_order() -> None:
    """Let SIGTERM end this process as Ctrl-C does: through all that stops what was started."""
    signal.signal(signal.SIGTERM, _interrupt)


def tell(line: str) -> None:
    """Say how far it is, apart from the report."""
    typer.echo(line, err=True)


def machine() -> str:
    """A line about the machine, and whether others were at work on it."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"\n{os.cpu_count()} cores; load over the last 1, 5, 15 minutes: {load}"


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
