"""`mumaris review`: the officers' desk."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Code, Day, OfficerName

Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents",
        metavar="DIR",
        help="Write the pages of its documents there: an empty folder, or a new one.",
    ),
]
Looking = Annotated[
    str | None,
    typer.Option("--officer", help="Who looks; default: your login. Needed with --documents."),
]
Number = Annotated[
    int,
    typer.Argument(metavar="NUMBER", min=1, help="The document's number in `review show`."),
]
AsStated = Annotated[bool, typer.Option("--as-stated", help="It shows just what is stated.")]
Issuer = Annotated[str | None, typer.Option("--issuer", help="Who issued it, as it shows.")]
IssuedOn = Annotated[date | None, Day("--issued-on", "The day of issue that it shows.")]
ExpiresOn = Annotated[date | None, Day("--expires-on", "The last valid day that it shows.")]
WithoutExpiry = Annotated[bool, typer.Option("--no-expiry", help="It shows no last valid day.")]
Unreadable = Annotated[bool, typer.Option("--unreadable", help="It cannot be read.")]

app = typer.Typer(name="review", help="List, show, read and claim what waits for review.")


@app.command()
def queue(*, as_json: AsJson = False) -> None:
    """List the requests that wait for review, most urgent first.

    Example: mumaris review queue --json
    """
    from cli.work import review as work

    work.show_queue(as_json=as_json)


@app.command()
def show(
    code: Code,
    *,
    documents: Documents = None,
    officer: Looking = None,
    as_json: AsJson = False,
) -> None:
    """Show what a request changes, for its officer.

    It shows the personal data that an officer needs, and is a line of the access log, which the
    person can read. With --documents, the pages of its documents are written to a folder as
    pictures; each page is a line too.

    Example: mumaris review show K7Q2-M9XD --documents ./pages --officer amal
    """
    from cli.work import review as work

    work.show(code, documents=documents, officer=officer, as_json=as_json)


@app.command()
def read(
    code: Code,
    number: Number,
    *,
    officer: OfficerName,
    as_stated: AsStated = False,
    issuer: Issuer = None,
    issued_on: IssuedOn = None,
    expires_on: ExpiresOn = None,
    without_expiry: WithoutExpiry = False,
    unreadable: Unreadable = False,
    as_json: AsJson = False,
) -> None:
    """Note what a document shows, beside what is stated of it.

    What is not given was read as it is stated. An approval is refused where what was read is
    against the rules; the last reading of a round counts.

    Example: mumaris review read K7Q2-M9XD 1 --officer amal --issued-on 2026-08-20
    """
    from cli.work.documents import reading as work

    said = work.Said(
        as_stated=as_stated,
        issuer=issuer,
        issued_on=issued_on,
        expires_on=expires_on,
        without_expiry=without_expiry,
        unreadable=unreadable,
    )
    work.read(code, number, officer, said, as_json=as_json)


@app.command()
def claim(code: Code, *, officer: OfficerName, as_json: AsJson = False) -> None:
    """Claim a request to work on it.

    Example: mumaris review claim K7Q2-M9XD --officer amal
    """
    from cli.work import review as work

    work.claim(code, officer, as_json=as_json)


@app.command()
def release(code: Code, *, officer: OfficerName, as_json: AsJson = False) -> None:
    """Put a claimed request back into the queue.

    Example: mumaris review release K7Q2-M9XD --officer amal
    """
    from cli.work import review as work

    work.release(code, officer, as_json=as_json)


@app.command()
def assign(code: Code, *, officer: OfficerName, as_json: AsJson = False) -> None:
    """Give a request to an officer, whoever holds it now.

    Example: mumaris review assign K7Q2-M9XD --officer basim
    """
    from cli.work import review as work

    work.assign(code, officer, as_json=as_json)
