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
def compare(file: PolicyFile, *, as_json: AsJson = False) -> None:
    """Say what a policy file would change, if it were put in force.

    It is compared with the file that MUMARIS_POLICY names. Nothing is changed.

    Example: mumaris policy compare new-policy.toml
    """
    from cli.work import policies as work

    work.compare(file, as_json=as_json)
