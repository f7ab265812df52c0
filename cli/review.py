"""`mumaris review`: the officers' desk."""

import typer

from cli.options import AsJson, Code, OfficerName

app = typer.Typer(name="review", help="The review gate: what waits, whose it is, what it changes.")


@app.command()
def queue(*, as_json: AsJson = False) -> None:
    """List what waits at the gate, most urgent first."""
    from cli import review_commands

    review_commands.show_queue(as_json=as_json)


@app.command()
def show(code: Code) -> None:
    """Show what a request changes. Officers only: this shows personal data."""
    from cli import review_commands

    review_commands.show(code)


@app.command()
def claim(code: Code, *, officer: OfficerName) -> None:
    """Take a request to work on."""
    from cli import review_commands

    review_commands.claim(code, officer)


@app.command()
def release(code: Code, *, officer: OfficerName) -> None:
    """Put a request that the officer has claimed back into the queue."""
    from cli import review_commands

    review_commands.release(code, officer)


@app.command()
def assign(code: Code, *, officer: OfficerName) -> None:
    """Give a request to an officer, whoever has it now."""
    from cli import review_commands

    review_commands.assign(code, officer)
