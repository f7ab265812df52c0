"""`mumaris document destroy` and `retention`: how documents end."""

import getpass
from typing import Annotated

import typer

from cli.commands.documents import Id
from cli.options import AsJson, Yes


def destroy(
    document: Id,
    *,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, for the certificate; name no person.")
    ],
    by: Annotated[str, typer.Option("--by", help="Who ordered it; default: your login.")] = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Destroy a document before its day.

    Its content cannot come back. A certificate stays: what it was, when it was destroyed, by whom
    and why. A document of a request that is not decided is not destroyed: officers need it.

    Example: mumaris document destroy 9b1c5c3a7f2e4d60a8b7c6d5e4f30211 --reason "Sent by mistake"
    """
    from cli.work.documents import ends as work

    work.destroy(document, reason, by or getpass.getuser(), yes=yes, as_json=as_json)


def retention(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what is due; change nothing.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Destroy the documents whose end has come, now.

    A scheduled run does this every hour, by the days in policy.toml. After a change of policy, look
    first: with --dry-run it counts them by kind and rule. The exit code is 1 where something is
    left undone.

    Example: mumaris document retention --dry-run
    """
    from cli.work.documents import ends as work

    work.retention(dry_run=dry_run, yes=yes, as_json=as_json)
