"""`mumaris review workload`: how much there is to do, and what was done."""

from typing import Annotated

import typer

from cli.options import AsJson


def workload(
    *,
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help="Days to look back on, today among them.")
    ] = 28,
    as_json: AsJson = False,
) -> None:
    """Count what waits and what was decided, by officer and by kind.

    Minutes are the median from when an officer last took a case, or was given it, to their
    decision. Sorted by name; supervisors may.

    Example: mumaris review workload --days 7
    """
    from cli.work import workload as work

    work.show(days, as_json=as_json)
