"""`mumaris doctor`: what stands against going live."""

from typing import Annotated

import typer

from cli.options import AsJson


def doctor(
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended without a decision of yours.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what stands against going live, and what mends it.

    Looked at are settings, database, Prefect, mail server, the sender's domain, policy, documents,
    secrets and disk. No e-mail is sent, and what is written to try the documents' store is removed
    again. With --fix, files of secrets are made their owner's alone, an empty database gets its
    tables, and Prefect its pool and deployments. The exit code is 1 where it must not go live.

    Example: mumaris doctor --json
    """
    from cli.work.doctor import command as work

    work.doctor(fix=fix, as_json=as_json)
