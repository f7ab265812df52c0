"""`mumaris register` and `mumaris migrate`: what must be there before the first request."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Lang, Language

app = typer.Typer(name="register", help="The register of practitioners and officers.")


@app.callback()
def group() -> None:
    """The register of practitioners and officers."""


@app.command()
def load(
    *,
    practitioners: Annotated[
        Path | None, typer.Option("--practitioners", help="CSV of practitioners.")
    ] = None,
    officers: Annotated[
        Path | None, typer.Option("--officers", help="CSV of reviewing officers.")
    ] = None,
    official: Annotated[
        Path | None, typer.Option("--official", help="CSV of official records.")
    ] = None,
    lang: Lang = Language.EN,
) -> None:
    """Load the register from CSV files: all of it, or nothing and every problem with its line.

    Loaded again it changes nothing. What a request has brought into force is not overwritten.
    """
    if practitioners is None and officers is None and official is None:
        raise typer.BadParameter("give at least one of --practitioners, --officers, --official")
    from cli import register_commands

    register_commands.load(practitioners, officers, official, language=lang)


def migrate() -> None:
    """Bring the database's tables up to date; safe to repeat."""
    from cli.running import use_database
    from models.migrate import migrate as run_migrations

    use_database()
    run_migrations()
    typer.echo("the tables are up to date")
