"""`mumaris review`: the officers' desk."""

import typer

from cli.options import AsJson, Code, OfficerName

app = typer.Typer(name="review", help="List, show and claim what waits for review.")


@app.command()
def queue(*, as_json: AsJson = False) -> None:
    """List the requests that wait for review, most urgent first.

    Example: mumaris review queue --json
    """
    from cli.work import review as work

    work.show_queue(as_json=as_json)


@app.command()
def show(code: Code, *, as_json: AsJson = False) -> None:
    """Show what a request changes, for its officer.

    It shows the personal data that an officer needs.

    Example: mumaris review show K7Q2-M9XD
    """
    from cli.work import review as work

    work.show(code, as_json=as_json)


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
