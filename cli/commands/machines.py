"""`mumaris machine`: accounts of other systems, which call the API with a key."""

from typing import Annotated

import typer

from cli.options import AsJson, Limit, Yes
from rules.accounts.machines import MachineKind

_NAME = typer.Argument(metavar="NAME", help="The machine's name, as the access log shows it.")
Name = Annotated[str, _NAME]
Days = Annotated[
    int | None, typer.Option("--days", min=1, help="Days until the key ends, if fewer than policy.")
]

app = typer.Typer(name="machine", help="Make, scope, rotate and revoke accounts of other systems.")


@app.command()
def make(
    name: Name,
    *,
    kind: Annotated[MachineKind, typer.Option("--kind", help="Whose system it is.")],
    employers: Annotated[
        list[str] | None,
        typer.Option("--employer", help="An employer's name, as on its people's file; repeat it."),
    ] = None,
    days: Days = None,
    as_json: AsJson = False,
) -> None:
    """Make an account for another system, and print its key.

    The key is shown once and kept nowhere: hand it over at once, and not by e-mail. An employer's
    system acts for its own people alone: those who have one of the given names as their employer.

    Example: mumaris machine make king-salman --kind employer --employer "King Salman Hospital"
    """
    from cli.work import machines as work

    work.make(name, kind, employers or (), days, as_json=as_json)


@app.command()
def scope(
    name: Name,
    *,
    employers: Annotated[
        list[str], typer.Option("--employer", help="A name of the employer; repeat it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Say anew whose people an employer's system acts for.

    The given names take the place of those before, from the next call on.

    Example: mumaris machine scope king-salman --employer "King Salman Hospital"
    """
    from cli.work import machines as work

    work.scope(name, employers, as_json=as_json)


@app.command()
def rotate(
    name: Name,
    *,
    days: Days = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="End the keys before now: one was lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a new key for a system, and print it.

    The one before works on for some hours: how many is policy's (api.key_overlap_hours).

    Example: mumaris machine rotate king-salman
    """
    from cli.work import machines as work

    work.rotate(name, days, at_once=at_once, as_json=as_json)


@app.command()
def revoke(name: Name, *, yes: Yes = False, as_json: AsJson = False) -> None:
    """End a system's account and its keys, for ever.

    What it handed in stays, and goes on.

    Example: mumaris machine revoke king-salman --yes
    """
    from cli.work import machines as work

    work.revoke(name, yes=yes, as_json=as_json)


@app.command("list")
def list_(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List the accounts of other systems by name.

    Example: mumaris machine list
    """
    from cli.work import machines as work

    work.list_machines(limit=limit, as_json=as_json)
