"""`mumaris review decide-many`: many requests decided with one command."""

from typing import Annotated

import typer

from cli.asking import confirm
from cli.options import AsJson, FieldOption, ReasonOption, Yes
from rules.values.tracking_code import parse_tracking_code

Codes = Annotated[
    list[str] | None,
    typer.Argument(
        parser=parse_tracking_code,
        metavar="[CODE...]",
        help="The tracking codes; lower case, without dash and in Arabic digits is understood.",
    ),
]

#: What is asked before, by verdict.
_ASKED = {
    "approve": "Approve {}?",
    "return": "Return {} for correction?",
    "reject": "Reject {}? A rejected request cannot be reopened.",
}


def decide_many(
    codes: Codes = None,
    *,
    file: Annotated[
        str | None,
        typer.Option("--file", metavar="FILE", help="A code a line; - is standard input."),
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Approve them.")] = False,
    return_: Annotated[bool, typer.Option("--return", help="Return them for correction.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Reject them; this is final.")] = False,
    reason: ReasonOption = None,
    field: FieldOption = None,
    note: Annotated[
        str | None, typer.Option("--note", help="A note that each applicant reads in the e-mail.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Decide many requests, as the officer who is signed in.

    Each is decided by itself, as by `request decide`: those that are refused are named with why,
    and then it exits with 1. What this officer has decided just so before is told, and is no
    refusal: run again after it was stopped, it goes on.

    Example: mumaris review decide-many --file codes.txt --approve
    """
    chosen = [
        verdict
        for verdict, given in (("approve", approve), ("return", return_), ("reject", reject))
        if given
    ]
    if len(chosen) != 1:
        raise typer.BadParameter("give exactly one of --approve, --return and --reject")
    from cli.work import deciding_many as work

    named = list(dict.fromkeys([*(codes or []), *(work.codes_in(file) if file else [])]))
    if not named:
        raise typer.BadParameter("name requests, or a file of their codes with --file")
    number = f"{len(named):,} {'request' if len(named) == 1 else 'requests'}"
    confirm(_ASKED[chosen[0]].format(number), yes=yes)
    work.decide(named, chosen[0], reason=reason, fields=field or [], note=note, as_json=as_json)
