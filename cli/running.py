"""Running a command's work on the database: which one, and in an event loop of its own."""

import asyncio
import getpass
import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import typer

from cli.errors import Unreachable

if TYPE_CHECKING:
    from desk.looks import Looker

T = TypeVar("T")


def use_database() -> None:
    """Make sure that ``DATABASE_URL`` names a database; raises `Unreachable`.

    The environment first; else the stack that `mumaris up` or the demo runs on this machine, whose
    other addresses are taken with it. Where both run, stderr gets to know which.
    """
    from models.settings import DatabaseSettings
    from stack.running import DEMO, default_home, running_stacks, use_running_stack

    if not os.environ.get("DATABASE_URL") and len(running_stacks()) > 1:
        home = default_home()
        typer.echo(
            f"Two stacks are running; this is the one of `mumaris up`, in {home}. "
            f"For the demo, set MUMARIS_HOME={home / DEMO}",
            err=True,
        )
    if not use_running_stack():
        raise Unreachable(
            "no database is named and no local stack is running "
            f"in {default_home()}: run `mumaris up`, or set DATABASE_URL"
        )
    DatabaseSettings().libpq_url()


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Do the work on the database and close its connections."""
    from traces.work import work as traced

    use_database()
    with traced("command"):
        return asyncio.run(_and_close(work))


def operations() -> "Looker":
    """Whoever runs the command, as the access log names them: by the login of this machine."""
    from desk.looks import Looker

    try:
        return Looker.operations(getpass.getuser())
    except (KeyError, OSError):  # a container's user may have no name
        return Looker.operations(f"uid {os.getuid()}")


async def _and_close(work: Callable[[], Awaitable[T]]) -> T:
    from models.database import close_engine

    try:
        return await work()
    finally:
        await close_engine()
