"""What the commands that end documents do; imported when one of them runs."""

import re

import typer

from cli.asking import confirm
from cli.errors import ExitCode, refuse_value
from cli.running import run
from cli.show.output import iso, print_json, show_facts, show_table, words
from desk.common_clock import common_now
from desk.documents import ending
from desk.documents.ending import Counted, Destroyed, Emptied
from desk.requests.timeline import show_instant
from models.documents.certificates import DestructionCertificate
from rules.findings.problems import ValueRefused
from tasks.last_times import note_document_retention

_USER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def destroy(document: str, reason: str, by: str, *, yes: bool, as_json: bool) -> None:
    """Destroy one document, having asked, and show its certificate."""
    if not _USER_NAME.fullmatch(by):
        raise typer.BadParameter("--by is a user name: letters, digits and . _ -")
    confirm("Destroy this document? Its content cannot come back.", yes=yes)

    async def work() -> tuple[DestructionCertificate, Emptied]:
        now = await common_now()
        certificate = await ending.destroy(document, reason=reason, by=by, now=now)
        return certificate, await ending.empty_store(now)

    try:
        certificate, emptied = run(work)
    except ValueRefused as refused:
        raise refuse_value(refused, "reason") from None
    if as_json:
        print_json({**_certificate_json(certificate), "left_in_store": emptied.left})
    else:
        show_facts(
            [
                ("Destroyed", show_instant(certificate.destroyed_at)),
                ("Rule", words(certificate.rule)),
                ("Ordered by", certificate.ordered_by or ""),
                ("Reason", certificate.reason or ""),
                ("Digest", certificate.sha256),
            ]
        )
    _tell_of_store(emptied)


def retention(*, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Count what is due, ask, destroy it, and print how much, by kind and rule."""
    if dry_run:
        counted = run(_due)
        if as_json:
            print_json({"dry_run": True, "by_kind_and_rule": _counted_json(counted)})
        else:
            typer.echo(f"{counted.total():,} documents would be destroyed")
            _show(counted)
        return
    if not yes:
        number = run(_due).total()
        confirm(f"Destroy {number:,} documents? This cannot be taken back.", yes=number == 0)
    done, emptied = run(_destroy_due)
    if as_json:
        print_json(
            {
                "dry_run": False,
                "by_kind_and_rule": _counted_json(done.destroyed),
                "failed": done.failed,
                "removed_from_store": emptied.removed,
                "left_in_store": emptied.left,
            }
        )
    else:
        typer.echo(
            f"{done.destroyed.total():,} documents destroyed, "
            f"{emptied.removed:,} removed from the store"
        )
        _show(done.destroyed)
    if done.failed:
        typer.echo(f"{done.failed:,} could not be destroyed; the log says why", err=True)
    _tell_of_store(emptied)
    if done.failed or emptied.left:
        raise typer.Exit(ExitCode.REFUSED)


async def _due() -> Counted:
    return await ending.due(await common_now())


async def _destroy_due() -> tuple[Destroyed, Emptied]:
    now = await common_now()
    done = await ending.destroy_due(now)
    emptied = await ending.empty_store(now)
    await note_document_retention()
    return done, emptied


def _tell_of_store(emptied: Emptied) -> None:
    if emptied.left:
        typer.echo(
            f"The store may still hold {emptied.left:,} destroyed documents. Nobody can open them, "
            "and the next run tries again.",
            err=True,
        )


def _show(counted: Counted) -> None:
    if counted:
        rows = [
            (words(kind), words(rule), f"{number:,}")
            for (kind, rule), number in sorted(counted.items())
        ]
        show_table(("kind", "rule", "documents"), rows)


def _counted_json(counted: Counted) -> list[dict[str, object]]:
    return [
        {"kind": kind, "rule": rule, "documents": number}
        for (kind, rule), number in sorted(counted.items())
    ]


def _certificate_json(certificate: DestructionCertificate) -> dict[str, object]:
    return {
        "id": certificate.upload_id,
        "kind": certificate.kind,
        "rule": certificate.rule,
        "destroyed_at": iso(certificate.destroyed_at),
        "ordered_by": certificate.ordered_by,
        "reason": certificate.reason,
        "sha256": certificate.sha256,
        "size_bytes": certificate.size_bytes,
    }
