"""`mumaris letters`: what they look like, and which were not sent."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Limit

app = typer.Typer(name="letters", help="The e-mails: what they look like, which were not sent.")


class LetterState(StrEnum):
    """Where a letter stands; as `models.letters.LetterStatus`, which is slow to import."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@app.command()
def preview(
    to: Annotated[
        Path, typer.Option("--to", file_okay=False, help="The folder to write to.")
    ] = Path("letters-preview"),
) -> None:
    """Write every letter, with invented facts, to files; index.html shows them all."""
    from mail.preview import write_previews

    written = write_previews(to)
    typer.echo(f"{len(written)} files in {to}; begin with {to / 'index.html'}")


@app.command("list")
def list_(
    *,
    status: Annotated[
        LetterState | None, typer.Option("--status", help="Only this status.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the letters, newest first; never their addresses."""
    from cli import letter_commands

    letter_commands.list_letters(status, limit, as_json=as_json)
