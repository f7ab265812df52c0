"""`mumaris status`: the figures, and what needs a hand."""

from cli.options import AsJson


def status(*, as_json: AsJson = False) -> None:
    """Show how everything stands, and what needs a hand.

    The exit code is 0 where nothing needs a hand and 1 where something does, so that a monitor can
    ask.

    Example: mumaris status --json
    """
    from cli.work import status as work

    work.status(as_json=as_json)
