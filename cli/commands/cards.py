"""`mumaris card`: show and print cards, ask who may renew, extend many, and give new codes."""

import getpass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Day, Lang, LanguageOption, Yes

app = typer.Typer(name="card", help="Show cards, who may renew them, extend many, and their codes.")

Number = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="The registration number, with its dash or without it."),
]


@app.command()
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Show a card's status, its validity and its periods so far.

    Example: mumaris card show 20-150007
    """
    from cli.work import cards as work

    work.show(number, as_json=as_json)


@app.command()
def eligibility(
    number: Number,
    *,
    on: Annotated[date | None, Day("--on", "The day to ask about; default: today.")] = None,
    as_json: AsJson = False,
    lang: Lang = LanguageOption.EN,
) -> None:
    """Say whether a card may be renewed, rule by rule.

    Each rule comes with its source. The exit code is 0 where it may and 1 where it may not. Asking
    changes nothing.

    Example: mumaris card eligibility 20-150010 --on 2026-11-23
    """
    from cli.work import cards as work

    work.eligibility(number, on, as_json=as_json, language=lang)


@app.command()
def extend(
    *,
    expiring_between: Annotated[
        tuple[str, str],
        typer.Option(metavar="FIRST LAST", help="The first and the last day of expiry."),
    ],
    to: Annotated[date, Day("--to", "The day on which they expire instead.")],
    by: Annotated[
        str, typer.Option("--by", help="Who ordered it, for the history; default: your login.")
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count the cards; change nothing.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Extend every card that expires between two days.

    All of them are extended, or none. Repeating it changes nothing: a card that expires on the new
    day or later is left alone.

    Example: mumaris card extend --expiring-between 2026-12-01 2026-12-31 --to 2027-03-31 --dry-run
    """
    from cli.work import cards as work

    work.extend(
        expiring_between,
        to,
        actor=by or getpass.getuser(),
        dry_run=dry_run,
        yes=yes,
        as_json=as_json,
    )


@app.command(name="print")
def print_(
    number: Number,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The PDF to write: a new file.")],
    language: Annotated[
        LanguageOption, typer.Option("--language", help="The language of the sheet.")
    ] = LanguageOption.AR,
    as_json: AsJson = False,
) -> None:
    """Write a card as a sheet of PDF.

    Both languages have the name in both. A card that is not valid today is not printed. Who
    printed it is noted in the access log.

    Example: mumaris card print 20-150007 --language en --to card.pdf
    """
    from cli.work import card_codes as work

    work.print_card(number, to, language=language, as_json=as_json)


@app.command()
def reissue(number: Number, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """As the officer who is signed in: give a card a new code.

    For a card that was lost or copied. What was printed before leads to a page that says that it
    was replaced; the holder prints the card anew.

    Example: mumaris card reissue 20-150007
    """
    from cli.work import card_codes as work

    work.reissue(number, yes=yes, as_json=as_json)


@app.command()
def withdraw_code(number: Number, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """As the officer who is signed in: take a card's code back.

    The card cannot be printed until it is reissued. Whether it is valid does not change.

    Example: mumaris card withdraw-code 20-150007
    """
    from cli.work import card_codes as work

    work.withdraw_code(number, yes=yes, as_json=as_json)
