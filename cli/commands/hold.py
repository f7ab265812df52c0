"""`mumaris hold`: keep what a court may ask for."""

from typing import Annotated
from uuid import UUID

import typer

from cli.options import AsJson, Limit

app = typer.Typer(name="hold", help="Keep what a court may ask for.", no_args_is_help=True)


@app.command()
def place(
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the house; name no person.")],
    person: Annotated[
        str, typer.Option("--person", metavar="NUMBER", help="On all that is about this person.")
    ] = "",
    request: Annotated[
        str, typer.Option("--request", metavar="CODE", help="On this request alone.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Place a hold: what it covers is not removed.

    On a person or on a request. Retention and the end of documents skip it until it is lifted. For
    supervisors who have signed in.

    Example: mumaris hold place --person 20-150007 --reason "Case 12 of 1448"
    """
    from cli.work import hold as work

    work.place(person, request, reason, as_json=as_json)


@app.command()
def lift(
    hold: Annotated[UUID, typer.Argument(metavar="ID", help="The hold, as `hold list` names it.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Lift a hold: policy removes again what it covered.

    Unless another hold covers it. For supervisors who have signed in.

    Example: mumaris hold lift 3f0c8a52-7c51-4b44-9a5e-0f2f6f0f7d11
    """
    from cli.work import hold as work

    work.lift(hold, as_json=as_json)


@app.command("list")
def list_(*, limit: Limit = 100, as_json: AsJson = False) -> None:
    """List the holds that stand, oldest first.

    For supervisors and auditors who have signed in.

    Example: mumaris hold list
    """
    from cli.work import hold as work

    work.list_(limit, as_json=as_json)
