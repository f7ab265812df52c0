"""What cannot be undone is asked about first."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.asking import NotConfirmed, confirm

ASK = "from cli.asking import confirm; confirm('Extend 5 cards?', yes=False); print('done')"


def at_a_terminal(answer: str) -> "subprocess.CompletedProcess[str]":
    """Ask with a terminal at stdin and stderr, where somebody types this answer."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, f"{answer}\n".encode())
        return subprocess.run(
            [sys.executable, "-c", ASK],
            stdin=terminal,
            stderr=terminal,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=False,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)


def test_somebody_at_a_terminal_is_asked() -> None:
    """Only a yes does it; an empty line is a no."""
    assert at_a_terminal("y").stdout == "done\n"
    assert (at_a_terminal("n").stdout, at_a_terminal("").stdout) == ("", "")


def test_nobody_is_asked_where_nobody_can_answer() -> None:
    """A script is told how to say yes beforehand, and nothing is done."""
    with pytest.raises(NotConfirmed, match=r"Extend 5 cards\?.*--yes"):
        confirm("Extend 5 cards?", yes=False)


def test_a_yes_given_beforehand_is_the_answer() -> None:
    """Nothing is asked."""
    confirm("Extend 5 cards?", yes=True)
