"""`mumaris card`: show a card, ask whether it may be renewed, extend many."""

import getpass
from datetime import date
from typing import Annotated

import typer

from cli.options import AsJson, Day, Lang, Language

app = typer.Typer(name="card", help="Cards: their validity, who may renew, extending many.")

Number = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="The registration number, with its dash or without it."),
]


@app.command()
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Show a card: its status, its validity, and every period that it ever had."""
    from cli import card_commands

    card_commands.show(number, as_json=as_json)


@app.command()
def eligibility(
    number: Number,
    *,
    on: Annotated[date | None, Day("--on", "The day to ask about; default: today.")] = None,
    as_json: AsJson = False,
    lang: Lang = Language.EN,
) -> None:
    """Tell whether a card may be renewed: each rule's answer, with its source.

    Exit code 0 where it may, 1 where it may not. Nothing changes by asking.
    """
    from cli import card_commands

    card_commands.eligibility(number, on, as_json=as_json, language=lang)


@app.command()
def extend(
    *,
    expiring_between: Annotated[
        tuple[str, str],
        typer.Option(metavar="FIRST LAST", help="The first and the last day of expiry."),
    ],
    to: Annotated[date, Day("--to", "The day on which they expire instead.")],
    by: Annotated[
        str, typer.Option("--by", help="Who orders it, for the history; default: your login.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the cards.")] = False,
    as_json: AsJson = False,
) -> None:
    """Let every card that expires between two days expire later, all of them or none.

    Repeated it changes nothing: a card that expires on the new day or later is left alone.
    """
    from cli import card_commands

    card_commands.extend(
        expiring_between, to, actor=by or getpass.getuser(), dry_run=dry_run, as_json=as_json
    )
