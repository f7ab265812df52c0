"""What `mumaris doctor` does; imported when it runs."""

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict

import typer

from cli.errors import ExitCode, explain
from cli.running import use_database
from cli.show.output import print_json
from cli.work.doctor.addresses import of_addresses
from cli.work.doctor.findings import Finding
from cli.work.doctor.house import of_documents, of_machine, of_policy
from cli.work.doctor.services import of_database, of_mail_server, of_prefect
from rules.errors import Unavailable

_SIDES: Sequence[tuple[str, Callable[[], Iterable[Finding]]]] = (
    ("settings_unusable", of_addresses),
    ("database_unusable", of_database),
    ("prefect_unusable", lambda: of_prefect(os.environ)),
    ("settings_unusable", lambda: asyncio.run(of_mail_server())),
    ("policy_unusable", of_policy),
    ("documents_unusable", of_documents),
    ("settings_unusable", of_machine),
)


def doctor(*, as_json: bool) -> None:
    """Print what stands against going live; exit code 1 where it must not."""
    findings = examined()
    if as_json:
        print_json({"findings": [asdict(each) for each in findings]})
    else:
        _show(findings)
    if any(each.stops for each in findings):
        raise typer.Exit(ExitCode.REFUSED)


def examined() -> list[Finding]:
    """All findings, what stops first; a side that cannot be looked at is one of them."""
    with suppress(Unavailable):  # told by the database's own side
        use_database()  # with its address a running stack says all others
    found = [each for code, side in _SIDES for each in _seen(code, side)]
    return sorted(dict.fromkeys(found), key=lambda each: not each.stops)


def _seen(code: str, side: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(side())
    except Exception as error:  # noqa: BLE001 - what stands in the way of looking is a finding
        what = explain(error)[1]
        return [Finding(code=code, stops=True, what=what, why="Nothing more is known of this.")]


def _show(findings: Sequence[Finding]) -> None:
    for each in findings:
        typer.echo(f"{'MUST' if each.stops else 'should'}  {each.what}")
        typer.echo(f"        {each.why}")
        if each.command:
            typer.echo(f"        {each.command}")
    stops = sum(each.stops for each in findings)
    if findings:
        typer.echo()
    if stops:
        typer.echo(f"It must not go live: {stops} of {len(findings)} findings stand against it.")
    else:
        typer.echo("Nothing that was looked at stands against going live.")
