"""Questions to whoever runs a command."""

import sys
from getpass import getpass

import typer

from rules.errors import WrongUsage


class NotConfirmed(WrongUsage):
    """A question cannot be asked here; it can be answered beforehand."""

    def __init__(self, question: str) -> None:
        super().__init__(f"{question} There is no terminal to ask at: add --yes to do it.")


def confirm(question: str, *, yes: bool) -> None:
    """Return where the answer is yes; ``yes`` answers beforehand, and nothing is asked.

    Raises `typer.Abort` where the answer is no, and `NotConfirmed` where nobody is there to answer:
    a script must say ``--yes``. The question goes to stderr, which leaves stdout to the answer.
    """
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotConfirmed(question)
    # Typer's own `confirm` writes a blank to stdout, and a JSON answer would begin with it.
    typer.echo(f"{question} [y/N] ", err=True, nl=False)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise typer.Abort


def ask(question: str) -> str:
    """The line that is typed, or the first one of standard input where no terminal is there.

    For what must not be an argument: others see those, and a shell remembers them.
    """
    if sys.stdin.isatty():
        typer.echo(f"{question} ", err=True, nl=False)
    return sys.stdin.readline().rstrip("\r\n")


def ask_secret(question: str) -> str:
    """As `ask`; a terminal does not show what is typed."""
    if sys.stdin.isatty():
        return getpass(f"{question} ", stream=sys.stderr)
    return sys.stdin.readline().rstrip("\r\n")
