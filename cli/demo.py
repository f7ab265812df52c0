"""`mumaris demo`: the stack on a fresh home, the examples carried through, everything shown."""

import asyncio
import os
import shutil
import signal
import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import show_table
from cli.up import migrate_at, show_addresses, stop_on_signals

if TYPE_CHECKING:
    from cli.demo_stage import Story
    from cli.demo_stories import Stories
    from stack.local import LocalStack
    from stack.running import RunningStack


def demo(
    *,
    exit_: Annotated[
        bool, typer.Option("--exit", help="Stop when all is done; 0 only if every step happened.")
    ] = False,
) -> None:
    """Run the pipelines on examples: every step happens for real, with letters and links.

    It has a home of its own, which it clears at the start: the data of `mumaris up` are not
    touched. Without --exit it stays up until Ctrl-C, to look around in.
    """
    from desk.policy import current_policy
    from stack.local import LocalStack
    from stack.running import RunningStack, default_home

    current_policy()  # an error in the policy file is told before anything starts
    home = default_home() / "demo"
    if RunningStack.read(home) is None:
        shutil.rmtree(home, ignore_errors=True)
    stop_on_signals()
    stack = LocalStack(home, migrate=migrate_at, progress=_say, durable=False)
    try:
        with stack as running:
            _carry(running, stack)
            if not exit_:
                typer.echo("Ctrl-C stops everything.")
                signal.pause()
    except KeyboardInterrupt:
        typer.echo("Stopped.")
        if exit_:
            raise typer.Exit(130) from None


def _carry(running: "RunningStack", stack: "LocalStack") -> None:
    from cli.demo_stories import Stories
    from stack.mail_letters import Letters

    os.environ.update(running.environment())
    typer.echo("")
    begun = time.monotonic()
    letters = Letters(stack.home / "mail")
    asyncio.run(_tell(Stories(letters, _say), running))
    typer.echo(f"\nEvery step happened, in {time.monotonic() - begun:.1f} s.\n")
    show_addresses(running)


async def _tell(stories: "Stories", running: "RunningStack") -> None:
    from cli.demo_reminders import Reminders
    from models.database import close_engine

    try:
        told = await stories.tell()
        await Reminders(stories.stage, running).tell()
        typer.echo("")
        for story in told:
            await _show(story, running)
    finally:
        await close_engine()


async def _show(story: "Story", running: "RunningStack") -> None:
    """Print the request's timeline, and see that Prefect shows the outcome."""
    from cli.demo_runs import ended_run
    from cli.demo_stage import DemoFailed
    from desk.timeline import show_instant, timeline
    from models.database import transaction
    from models.requests import history

    request = await story.handle.look()
    async with transaction() as session:
        entries = timeline(await history(session, request.id))
    rows = [(show_instant(entry.at), entry.what, entry.by, entry.reason) for entry in entries]
    reference = request.reference_number or "no reference number"
    show_table(
        ("when (Riyadh)", "what", "by", "reason"),
        rows,
        title=f"{story.title}: {request.tracking_code}, {reference}",
    )
    run = await asyncio.to_thread(ended_run, running.prefect_api_url, str(request.flow_run_id))
    state = run["state"]["name"]
    if request.status != story.ends or state != story.ends.capitalize():
        raise DemoFailed(f"request {request.tracking_code} is {request.status}, its run {state}")
    typer.echo(f"In the Prefect UI: {running.prefect_ui_url}/runs/flow-run/{request.flow_run_id}\n")


def _say(line: str) -> None:
    typer.echo(line)
