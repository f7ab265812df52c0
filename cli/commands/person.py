"""`mumaris person`: what is held about one person, and its end."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson

app = typer.Typer(name="person", help="What is held about one person.", no_args_is_help=True)

Number = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="The registration number, with its dash or without it."),
]


@app.callback()
def person() -> None:
    """What is held about one person."""


@app.command()
def export(
    number: Number,
    *,
    to: Annotated[Path, typer.Option("--to", help="The new file, a zip; name nobody in its name.")],
    as_json: AsJson = False,
) -> None:
    """Write everything that is held about a person to a file.

    A zip of tables, documents and e-mails with an index, to answer an access request; each is a
    line of the access log, which the person reads. For supervisors and auditors who have signed in.
    Only whoever runs the command may read the file.

    Example: mumaris person export 20-150007 --to request-17.zip
    """
    from cli.work import person as work

    work.export(number, to, as_json=as_json)


@app.command()
def erase(
    number: Number,
    *,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do it; without this, it is only rehearsed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove everything that says who a person is.

    Rehearsed unless --yes is said: how many rows of each table would go. Refused, with every
    reason, while a card is in force, a request is open or its time of keeping is not over, or a
    hold stands. Numbers that were issued, times and verdicts stay, and name nobody. It cannot be
    taken back. For supervisors who have signed in; auditors may rehearse.

    Example: mumaris person erase 20-150007 --yes
    """
    from cli.work import person as work

    work.erase(number, yes=yes, as_json=as_json)
