"""`mumaris person`: what is held about one person."""

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
