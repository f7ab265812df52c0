"""`mumaris retention`: what is not kept any longer, and the certificates of what was removed."""

import typer

from cli.options import AsJson, Limit, Yes

app = typer.Typer(
    name="retention", help="Remove what is not kept any longer.", no_args_is_help=True
)


@app.command()
def rehearse(*, as_json: AsJson = False) -> None:
    """Say what is kept how long, and count what is due.

    Nothing is changed. For operators, supervisors and auditors who have signed in. Look here after
    a change of [retention] in policy.toml, before the next night's run.

    Example: mumaris retention rehearse
    """
    from cli.work import retention as work

    work.rehearse(as_json=as_json)


@app.command()
def run(*, yes: Yes = False, as_json: AsJson = False) -> None:
    """Remove what is older than policy keeps it, now.

    For operators and supervisors who have signed in; a scheduled run does the same every night. The
    exit code is 1 where something is left undone.

    Example: mumaris retention run
    """
    from cli.work import retention as work

    work.remove(yes=yes, as_json=as_json)


@app.command()
def certificates(*, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List the certificates of what was removed, and check them.

    The newest comes first; all are checked. For operators, supervisors and auditors who have signed
    in. The exit code is 1 where one is not what it was, or one is missing between two others.

    Example: mumaris retention certificates --limit 10
    """
    from cli.work import retention as work

    work.certificates(limit, as_json=as_json)
