"""What `mumaris person` does; imported when it runs."""

import os
from dataclasses import asdict
from pathlib import Path

import typer

from cli.errors import ExitCode, FileUnusable, refuse_value, say_os_error
from cli.show.output import print_json, show_table
from cli.signed_in import run_as_officer
from desk.common_clock import common_now
from desk.retention import erasing
from desk.retention.erasing import Erased
from desk.retention.person_archive import ArchiveWritten, write_archive
from rules.accounts.kinds import AUDITING, Role
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


def erase(number: str, *, yes: bool, as_json: bool) -> None:
    """Print what went, or would go, by table."""

    async def work(officer: str) -> Erased:
        do = erasing.erase if yes else erasing.rehearse_erasing
        return await do(number, officer=officer, now=await common_now())

    try:
        done = run_as_officer(work, roles={Role.SUPERVISOR} if yes else AUDITING)
    except ValueRefused as refused:
        raise refuse_value(refused, "registration_number") from None
    if as_json:
        print_json({"rehearsal": not yes, **asdict(done)})
        return
    went = f"{sum(done.counts.values()):,} rows and {done.documents:,} documents"
    if yes:
        typer.echo(f"{went} removed; certificate {done.certificate}. This person is nobody now.")
    else:
        typer.echo(f"{went} would be removed; nothing was changed. Say --yes to do it.")
    rows = [(table, f"{number:,}") for table, number in sorted(done.counts.items())]
    show_table(("table", "rows"), rows)


def _remove(file: Path) -> None:
    file.unlink(missing_ok=True)
