"""What `mumaris doctor` does; imported when it runs."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import typer

from cli.errors import ExitCode, explain
from cli.running import use_database
from cli.show.output import print_json
from cli.work.doctor.addresses import of_addresses
from cli.work.doctor.database import of_database
from cli.work.doctor.documents import of_keys, of_scanner, of_store
from cli.work.doctor.findings import Finding
from cli.work.doctor.house import of_disk, of_policy, of_provider, of_secrets
from cli.work.doctor.mail import of_mail_server, of_sender_domain
from cli.work.doctor.prefect import of_prefect, of_window
from rules.errors import Unavailable

#: Each with what it is called where it cannot be looked at.
_SIDES: Sequence[tuple[str, Callable[[], Iterable[Finding]]]] = (
    ("settings_unusable", of_addresses),
    ("database_unusable", of_database),
    ("prefect_unusable", of_prefect),
    ("database_unusable", of_window),
    ("settings_unusable", of_mail_server),
    ("settings_unusable", of_sender_domain),
    ("policy_unusable", of_policy),
    ("settings_unusable", of_keys),
    ("settings_unusable", of_store),
    ("policy_unusable", of_scanner),
    ("settings_unusable", of_provider),
    ("settings_unusable", of_secrets),
    ("settings_unusable", of_disk),
)

#: Shown of one finding to people; programs get all.
_DETAILS = 10


def doctor(*, fix: bool, as_json: bool) -> None:
    """Print what stands against going live; exit code 1 where it must not.

    With ``fix`` what is safe is mended first, and everything is looked at anew.
    """
    findings = examined()
    mended = _mended(findings) if fix else []
    if mended:
        findings = examined()
    if as_json:
        print_json({"findings": [each.to_json() for each in findings], "mended": mended})
    else:
        _show(findings)
    if any(each.stops for each in findings):
        raise typer.Exit(ExitCode.REFUSED)


def examined() -> list[Finding]:
    """All findings, what stops first; a side that cannot be looked at is one of them.

    What stands in the way of looking at two of them is told once.
    """
    with suppress(Unavailable):  # told by the database's own side
        use_database()  # with its address a running stack says all others
    found: dict[str, Finding] = {}
    for code, side in _SIDES:
        for each in _seen(code, side):
            found.setdefault(each.what, each)
    return sorted(found.values(), key=lambda each: not each.stops)


def _seen(code: str, side: Callable[[], Iterable[Finding]]) -> list[Finding]:
    try:
        return list(side())
    except Exception as error:  # noqa: BLE001 - what stands in the way of looking is a finding
        what = explain(error)[1]
        return [Finding(code=code, stops=True, what=what, why="Nothing more is known of this.")]


def _mended(findings: Iterable[Finding]) -> list[str]:
    """What was mended, by its code; what mends two is done once, and what fails is told."""
    mended: dict[str, None] = {}
    done: set[Callable[[], object]] = set()
    for each in findings:
        if each.mend is None:
            continue
        try:
            if each.mend not in done:
                each.mend()
                done.add(each.mend)
        except Exception as error:  # noqa: BLE001 - the others are mended all the same
            typer.echo(f"not mended: {each.what}\n        {explain(error)[1]}", err=True)
        else:
            typer.echo(f"mended: {each.what}", err=True)
            mended[each.code] = None
    return list(mended)


def _show(findings: Sequence[Finding]) -> None:
    for each in findings:
        typer.echo(f"{'MUST' if each.stops else 'should'}  {each.what}")
        more = len(each.details) - _DETAILS
        rest = (f"… and {more} more; --json tells all of them",) if more > 0 else ()
        for line in (*each.details[:_DETAILS], *rest, each.why, each.command):
            if line:
                typer.echo(f"        {line}")
    stops = sum(each.stops for each in findings)
    if findings:
        typer.echo()
    if stops:
        typer.echo(f"It must not go live: {stops} of {len(findings)} findings stand against it.")
    else:
        typer.echo("Nothing that was looked at stands against going live.")
