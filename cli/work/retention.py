"""What `mumaris retention` does; imported when it runs."""

from typing import Any

import typer

from cli.asking import confirm
from cli.errors import ExitCode
from cli.show.output import iso, print_json, show_table, words
from cli.signed_in import run_as_officer
from desk.common_clock import common_now
from desk.requests.timeline import show_instant
from desk.retention import removing
from desk.retention.removing import Certificates, DueSubject, Removed
from models.retention.certificates import RetentionCertificate
from rules.accounts.kinds import AUDITING, OPERATING
from tasks.last_times import note_retention


def rehearse(*, as_json: bool) -> None:
    """Print the table of what is kept how long, with how much is due."""
    found, holds = run_as_officer(lambda _: _rehearsed(), roles=OPERATING | AUDITING)
    if as_json:
        kept = [_due_json(one) for one in found]
        print_json({"rehearsal": True, "kept": kept, "holds": holds})
        return
    if holds:
        typer.echo(f"{holds:,} holds stand: what they cover is kept, and not counted")
    typer.echo(f"{sum(one.number for one in found):,} would be removed; nothing was changed")
    rows = [
        (words(one.kept.subject), f"{one.kept.days:,}", one.kept.since, f"{one.number:,}")
        for one in found
    ]
    show_table(("what", "days", "from when", "due"), rows)


def remove(*, yes: bool, as_json: bool) -> None:
    """Count what is due, ask, remove it, and print how much, by table."""
    if not yes:
        number = sum(one.number for one in run_as_officer(lambda _: _due(), roles=OPERATING))
        question = f"Remove {number:,} of what is not kept any longer? This cannot be taken back."
        confirm(question, yes=number == 0)
    done = run_as_officer(lambda _: _remove_due(), roles=OPERATING)
    if as_json:
        print_json(
            {
                "rehearsal": False,
                "removed": {subject: dict(rows) for subject, rows in done.counts.items()},
                "certificates": done.certificates,
                "holds": done.holds,
                "failed": list(done.failed),
            }
        )
    else:
        typer.echo(f"{done.total:,} rows removed, {done.certificates:,} certificates")
        rows = [(words(subject), table, f"{number:,}") for subject, table, number in done.lines()]
        if rows:
            show_table(("what", "table", "rows"), rows)
    if done.holds and not as_json:
        typer.echo(f"{done.holds:,} holds stand: what they cover is kept")
    if done.failed:
        left = ", ".join(map(words, done.failed))
        typer.echo(f"Not all could be removed of: {left}. The log says why.", err=True)
        raise typer.Exit(ExitCode.REFUSED)


def certificates(limit: int, *, as_json: bool) -> None:
    """Print the newest certificates, and whether all are what they were."""
    found = run_as_officer(lambda _: removing.certificates(limit=limit), roles=OPERATING | AUDITING)
    if as_json:
        print_json(_certificates_json(found))
    else:
        rows = [
            (
                str(one.id),
                show_instant(one.at),
                words(one.subject),
                one.policy,
                f"{sum(one.counts.values()):,}",
                (one.hash or "")[:16],
            )
            for one in found.newest
        ]
        show_table(("number", "when", "what", "policy", "rows", "hash"), rows)
    if found.first_broken is not None:
        typer.echo(
            f"Certificate {found.first_broken} was changed, or the one before it is missing.",
            err=True,
        )
        raise typer.Exit(ExitCode.REFUSED)


async def _rehearsed() -> tuple[tuple[DueSubject, ...], int]:
    return await _due(), await removing.standing()


async def _due() -> tuple[DueSubject, ...]:
    return await removing.due(await common_now())


async def _remove_due() -> Removed:
    done = await removing.remove_due(await common_now())
    if not done.failed:
        await note_retention()
    return done


def _due_json(one: DueSubject) -> dict[str, Any]:
    return {
        "what": one.kept.subject,
        "policy": one.kept.policy,
        "days": one.kept.days,
        "since": one.kept.since,
        "due": one.number,
    }


def _certificates_json(found: Certificates) -> dict[str, Any]:
    return {
        "certificates": [_certificate_json(one) for one in found.newest],
        "number": found.number,
        "first_broken": found.first_broken,
    }


def _certificate_json(one: RetentionCertificate) -> dict[str, Any]:
    return {
        "number": one.id,
        "at": iso(one.at),
        "what": one.subject,
        "policy": one.policy,
        "older_than": iso(one.older_than),
        "counts": one.counts,
        "before": one.before,
        "hash": one.hash,
    }
