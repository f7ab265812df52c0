"""What `mumaris person` does; imported when it runs."""

import os
from dataclasses import asdict
from pathlib import Path

import typer

from cli.errors import ExitCode, FileUnusable, refuse_value, say_os_error
from cli.show.output import print_json
from cli.signed_in import run_as_officer
from desk.common_clock import common_now
from desk.retention.person_archive import ArchiveWritten, write_archive
from rules.accounts.kinds import AUDITING
from rules.findings.problems import ValueRefused


def export(number: str, file: Path, *, as_json: bool) -> None:
    """Write the archive to a new file for its owner alone; where that fails, no file is left."""

    async def work(officer: str) -> ArchiveWritten:
        now = await common_now()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            try:
                return await write_archive(number, out, officer=officer, now=now)
            except BaseException:
                _remove(file)
                raise

    try:
        written = run_as_officer(work, roles=AUDITING)
    except ValueRefused as refused:
        raise refuse_value(refused, "registration_number") from None
    except OSError as error:
        raise FileUnusable(say_os_error(error)) from None
    if as_json:
        print_json({"file": str(file), **asdict(written)})
    else:
        typer.echo(
            f"{written.tables} tables, {written.documents} documents and {written.emails} e-mails "
            f"written to {file}"
        )
    if written.missing:
        typer.echo(f"{written.missing} documents could not be read; index.txt names them", err=True)
        raise typer.Exit(ExitCode.REFUSED)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
