"""`mumaris review away`, `back` and `absences`: who is not at the desk, and until when."""

from datetime import date
from typing import Annotated

import typer

from cli.options import AsJson, Day, parse_day

First = Annotated[
    date, typer.Argument(parser=parse_day, metavar="FROM", help="The first day of absence.")
]
Last = Annotated[
    date, typer.Argument(parser=parse_day, metavar="TO", help="The last day of absence.")
]
Of = Annotated[
    str | None, typer.Option("--officer", help="Of this officer; supervisors may say so.")
]


def away(first: First, last: Last, *, officer: Of = None, as_json: AsJson = False) -> None:
    """Be away from one day to another, both included.

    Whoever is away is given nothing by Next, and nobody can assign a request to them. What they
    hold goes back to its queue where the absence begins today; later it stops counting by itself.
    With --officer, supervisors say it for somebody else.

    Example: mumaris review away 2026-12-06 2026-12-10
    """
    from cli.work import absences as work

    work.away(first, last, officer, as_json=as_json)


def back(
    *,
    on: Annotated[
        date | None, Day("--day", "Call off the coming absence that holds this day.")
    ] = None,
    officer: Of = None,
    as_json: AsJson = False,
) -> None:
    """Be back early, or call coming days of absence off.

    Example: mumaris review back
    """
    from cli.work import absences as work

    work.back(on, officer, as_json=as_json)


def absences(*, as_json: AsJson = False) -> None:
    """List who is away, and who will be.

    Example: mumaris review absences
    """
    from cli.work import absences as work

    work.show(as_json=as_json)
