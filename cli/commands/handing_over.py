"""`mumaris review assign`: requests that are given to an officer."""

from typing import Annotated

import typer

from cli.options import AsJson
from rules.values.tracking_code import parse_tracking_code

Codes = Annotated[
    list[str],
    typer.Argument(
        parser=parse_tracking_code,
        metavar="CODE...",
        help="The tracking codes; lower case, without dash and in Arabic digits is understood.",
    ),
]


def assign(
    codes: Codes,
    *,
    officer: Annotated[str, typer.Option("--officer", help="The officer who gets them.")],
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, for whoever gets them; never e-mailed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Give requests to an officer, whoever holds them now.

    Each is given by itself; those that are refused are named, and then it exits with 1.
    Supervisors may.

    Example: mumaris review assign K7Q2-M9XD --officer basim --reason "Amal is ill"
    """
    from cli.work import handing_over as work

    work.assign(codes, officer, reason, as_json=as_json)
