"""`mumaris backup` and `mumaris restore`: everything to one moment, and back."""

from pathlib import Path
from typing import Annotated

import typer

from cli.options import AsJson, Yes

BackupFolder = Annotated[Path, typer.Argument(metavar="FOLDER", file_okay=False)]


def backup(folder: BackupFolder, *, as_json: AsJson = False) -> None:
    """Write both databases and the documents to a new folder.

    Everything goes on meanwhile. Prefect's database is the one that
    PREFECT_API_DATABASE_CONNECTION_URL names, or the local stack's; without an address it is left
    out, which loses nothing but what its window showed. The master keys are not in it: keep their
    file apart.

    Example: mumaris backup /srv/backups/2026-11-26
    """
    from cli.work import backups as work

    work.backup(folder, as_json=as_json)


def restore(
    folder: BackupFolder,
    *,
    rehearse: Annotated[
        bool, typer.Option(help="Restore into a database of its own, and say what would be lost.")
    ] = False,
    skip_numbers: Annotated[
        int,
        typer.Option(
            min=0,
            help="So many numbers of each kind are left out: they may have been issued since.",
        ),
    ] = 1000,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into empty databases and the documents' store.

    The databases are those of DATABASE_URL and PREFECT_API_DATABASE_CONNECTION_URL. Start no
    process of ours before it has ended. Afterwards everybody signs in again, and numbers of the
    lost time are never issued again.

    Example: mumaris restore /srv/backups/2026-11-26 --rehearse
    """
    from cli.work import backups as work

    if rehearse:
        work.rehearse(folder, skip=skip_numbers, as_json=as_json)
    else:
        work.restore(folder, skip=skip_numbers, yes=yes, as_json=as_json)
