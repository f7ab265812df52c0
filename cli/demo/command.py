"""`mumaris demo`: the stack on a fresh home, the examples carried through, a few left to try."""

import asyncio
import os
import shutil
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.up import migrate_at, show_addresses, stop_on_signals

if TYPE_CHECKING:
    from cli.demo.people import People
    from cli.demo.stage import Stage
    from cli.demo.waits import Left
    from stack.local import LocalStack
    from stack.running import RunningStack


def demo(
    *,
    exit_: Annotated[
        bool,
        typer.Option("--exit", help="Stop when done; exit with 0 only if every step happened."),
    ] = False,
) -> None:
    """Run the pipelines on examples, and leave some to try.

    One request is left in each wait. Everything happens for real, with e-mails and links. The demo
    has a home of its own, which it clears at the start; the data of `mumaris up` are not touched.
    It stays up until Ctrl-C, and the other commands find it.

    Example: mumaris demo --exit
    """
    typer.echo("Starting PostgreSQL, Prefect, a worker, the portal and a mail catcher here.")
    from desk.documents.local import keep_documents_apart
    from desk.policy import current_policy
    from stack.local import LocalStack
    from stack.running import DEMO, RunningStack, default_home

    current_policy()  # an error in the policy file is told before anything starts
    named = os.environ.get("DATABASE_URL")
    home = default_home() / DEMO
    if RunningStack.read(home) is None:
        shutil.rmtree(home, ignore_errors=True)
    stop_on_signals()
    stack = LocalStack(
        home,
        migrate=migrate_at,
        documents=keep_documents_apart,
        progress=_say_step,
        durable=False,
    )
    try:
        with stack as running:
            left, people = _carry(running, stack)
            _show_what_to_try(left, running, _prefix(home, named), people)
            if not exit_:
                typer.echo("Ctrl-C stops everything.")
                signal.pause()
            typer.echo("Stopping …")
    except KeyboardInterrupt:
        typer.echo("Stopped.")
        if exit_:
            raise typer.Exit(130) from None


def _carry(running: "RunningStack", stack: "LocalStack") -> "tuple[list[Left], People]":
    """Let everything happen; what is left, and the people in it."""
    from cli.demo.stage import Stage
    from stack.mail_letters import Letters

    os.environ.update(running.environment())
    begun = time.monotonic()
    stage = Stage(running, Letters(stack.home / "mail"), stack.home, typer.echo)
    left = asyncio.run(_tell(stage))
    typer.echo(f"Every step happened, in {time.monotonic() - begun:.1f} s.\n")
    return left, stage.people


async def _tell(stage: "Stage") -> "list[Left]":
    from cli.demo.reminders import Reminders
    from cli.demo.stage import side_by_side
    from cli.demo.stories import Stories, load_examples
    from cli.demo.waits import Waits
    from models.database import close_engine

    try:
        loaded = await load_examples()
        await stage.people.get_accounts()
        stage.say(f"\n{loaded} Eight requests are handed in on the portal's pages:")
        waits = Waits(stage)
        await side_by_side(Stories(stage).tell(), waits.leave())
        await Reminders(stage).tell()
    finally:
        await close_engine()
    return waits.left


def _show_what_to_try(
    left: "list[Left]", running: "RunningStack", prefix: str, people: "People"
) -> None:
    """One line for each request that waits: what to type here, and which page to open."""
    from cli.demo.people import address_of

    typer.echo(f"Officers sign in with {prefix}login; each code works once:")
    for officer, codes in people.codes.items():
        typer.echo(f"  {address_of(officer) + ':':<18} {' '.join(codes)}")
    typer.echo(f"Try this now; one request waits for each, and {prefix}status shows them all:")
    for each in left:
        if each.command:
            whose = f"  (as {each.officer})" if each.officer else ""
            typer.echo(f"  {each.waits_for + ':':<18}{prefix}{each.command}{whose}")
    show_addresses(running)
    typer.echo(f"\nGo on in the browser. Here everybody's password is {people.password}")
    for each in left:
        if each.page:
            page = f"{running.portal_url}{each.page} as {each.name}"
            typer.echo(f"  {each.waits_for + ':':<18}{page} {each.note}".rstrip())


def _prefix(home: Path, named: str | None) -> str:
    """What stands before a command here, so that it finds this demo."""
    from stack.running import running_stacks

    launcher = Path("mumaris")
    command = "./mumaris " if launcher.is_file() and os.access(launcher, os.X_OK) else "mumaris "
    if len(running_stacks()) > 1:  # `mumaris up` runs too, and is found first
        command = f"MUMARIS_HOME={home} {command}"
    return f"DATABASE_URL= {command}" if named else command


def _say_step(line: str) -> None:
    typer.echo(f"  {line}")
