"""`mumaris status`: the figures, and what needs a hand."""

from typing import Annotated

import typer

from cli.options import AsJson


def status(
    *,
    as_json: AsJson = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again every five seconds, until Ctrl-C.")
    ] = False,
) -> None:
    """Show how everything stands, and what needs a hand.

    The exit code is 0 where nothing needs a hand and 1 where something does, so that a monitor can
    ask.

    Example: mumaris status --json
    """
    from cli.work import status as work

    if watch:
        work.watch(as_json=as_json)
    else:
        work.status(as_json=as_json)
