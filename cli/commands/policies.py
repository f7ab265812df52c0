"""`mumaris policy`: check a policy file, and say what it would change before it is put in force."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson

app = typer.Typer(name="policy", help="Check a policy file, and compare it with the one in force.")

PolicyFile = Annotated[
    Path, typer.Argument(metavar="FILE", dir_okay=False, help="A policy file such as policy.toml.")
]


@app.command()
def check(file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Say what is wrong in a policy file, with line and key.

    Keys that contradict each other are found once each of them is right. The exit code is 1 where
    something is wrong: no process would start with this file.

    Example: mumaris policy check new-policy.toml
    """
    from cli.work import policies as work

    work.check(file, as_json=as_json)


@app.command()
def compare(
    file: PolicyFile,
    *,
    days: Annotated[
        int, typer.Option("--days", min=1, max=400, help="Days of cards and reminders to look at.")
    ] = 90,
    examples: Annotated[
        int,
        typer.Option(
            "--examples", min=0, max=100, help="Name so many requests of each difference."
        ),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Say what a policy file would change, if it were put in force.

    It is compared with the file that MUMARIS_POLICY names: the keys, the requests that are open,
    the cards that expire in the coming days, and the reminders of these days. Nothing is changed,
    and nobody is held up.

    Example: mumaris policy compare new-policy.toml --examples 3
    """
    from cli.work import policies as work

    work.compare(file, days=days, examples=examples, as_json=as_json)
