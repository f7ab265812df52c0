"""`mumaris register` and `mumaris migrate`: what must be there before the first request."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, DayFirst, Lang, LanguageOption

app = typer.Typer(name="register", help="Load the register of practitioners and officers.")


@app.callback()
def group() -> None:
    """Load the register of practitioners and officers."""


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
    cards: Annotated[Path | None, typer.Option("--cards", help="CSV of cards.")] = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", help="CSV of CPD hours, one line for each activity.")
    ] = None,
    day_first: DayFirst = False,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Load the register from CSV files.

    With problems nothing is loaded, and each is shown once. Otherwise the files are written a few
    hundred lines at a time; if that is interrupted, run the command again: it goes on. Loaded
    again, the files change nothing. What a request has changed is not overwritten, and a card that
    is on file keeps its validity: only its status and category follow the file.

    Example: mumaris register load --practitioners examples/register.csv
    """
    files = {
        "practitioners": practitioners,
        "officers": officers,
        "official": official,
        "cards": cards,
        "ledger": ledger,
    }
    given = {name: path for name, path in files.items() if path is not None}
    if not given:
        names = ", ".join(f"--{name}" for name in files)
        raise typer.BadParameter(f"give at least one of {names}")
    from cli.work import register as work

    work.load(given, day_first=day_first, as_json=as_json, language=lang)


def migrate() -> None:
    """Bring the database's tables up to date.

    It is safe to repeat, also while the system runs.

    Example: DATABASE_URL=postgresql://host/mumaris mumaris migrate
    """
    from cli.running import use_database
    from models.migrate import migrate as run_migrations

    use_database()
    run_migrations(say=lambda line: typer.echo(line, err=True))
    typer.echo("the tables are up to date")
