"""What cannot be undone is asked about first, and what others must not see is asked for."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from cli.asking import NotConfirmed, confirm

ASK = "from cli.asking import confirm; confirm('Extend 5 cards?', yes=False); print('done')"


ASK_FOR = "from cli.asking import ask; print(repr(ask('Search for:')))"


def at_a_terminal(answer: str, script: str = ASK) -> "subprocess.CompletedProcess[str]":
    """Ask with a terminal at stdin and stderr, where somebody types this answer."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, f"{answer}\n".encode())
        return subprocess.run(
            [sys.executable, "-c", script],
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


def test_what_is_asked_for_is_the_line_that_is_typed() -> None:
    """The question is no part of the answer, which a program may read."""
    assert at_a_terminal("نورة  x", ASK_FOR).stdout == "'نورة  x'\n"


def test_a_secret_is_not_shown_as_it_is_typed() -> None:
    """The terminal shows the question alone."""
    keyboard, terminal = pty.openpty()
    script = "from cli.asking import ask_secret; print(repr(ask_secret('Password:')))"
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        # Without a terminal that controls it, which `getpass` would ask first.
        start_new_session=True,
    ) as running:
        shown = b""
        while b"Password: " not in shown:
            shown += os.read(keyboard, 1024)
        os.write(keyboard, "سرّ 7\n".encode())
        typed = running.communicate(timeout=60)[0]
    os.close(terminal)
    shown += os.read(keyboard, 1024)
    os.close(keyboard)

    assert typed.decode() == "'سرّ 7'\n"
    assert shown.split(b"Password: ")[1].strip() == b""


def test_without_a_terminal_it_is_the_first_line() -> None:
    """Without its end, however that is written; of nothing it is nothing."""
    typed = {"noura\r\nrahul\n": "noura", "": ""}

    for given, read in typed.items():
        done = subprocess.run(
            [sys.executable, "-c", ASK_FOR],
            input=given.encode(),
            capture_output=True,
            cwd=Path(__file__).parents[2],
            timeout=60,
            check=True,
        )
        assert (done.stdout.decode().strip(), done.stderr) == (repr(read), b"")
