"""What `mumaris suppressions` and `mumaris bounces` do; imported when one of them runs."""

from pathlib import Path

import typer

from cli.errors import ProblemsFound
from cli.output import iso, print_json, show_table
from cli.running import run
from cli.shapes import reply_codes
from desk.bounces import Reading, read_maildir
from desk.clock import utc_now
from desk.timeline import show_instant
from models.database import transaction
from models.reminders import address_key
from models.suppressions import Suppression, lift, suppressions


def list_suppressions(limit: int, *, as_json: bool) -> None:
    """Those in force, newest first; with their addresses, as that is what they are about."""

    async def read() -> list[Suppression]:
        async with transaction() as session:
            return await suppressions(session, limit=limit)

    found = run(read)
    if as_json:
        print_json(
            [
                {
                    "address": each.address,
                    "kind": each.kind,
                    "why": each.why,
                    "since": iso(each.since),
                    "server_reply": reply_codes(each.server_reply),
                }
                for each in found
            ]
        )
        return
    show_table(("address", "kind", "why", "since", "server"), [
        (
            each.address,
            each.kind,
            each.why,
            show_instant(each.since),
            reply_codes(each.server_reply) or "",
        )
        for each in found
    ])  # fmt: skip


def lift_suppression(address: str) -> None:
    """Let the address get reminders again."""

    async def work() -> bool:
        async with transaction() as session:
            return await lift(session, address_key(address), now=utc_now())

    if not run(work):
        raise ProblemsFound(["this address is not suppressed"])
    typer.echo("lifted")


def read_bounces(maildir: Path) -> None:
    """Read what is new."""
    found: Reading = run(lambda: read_maildir(maildir, now=utc_now()))
    typer.echo(
        f"{found.messages} new messages, {found.reports} reports, {found.suppressed} addresses "
        f"suppressed, {found.unknown} about letters that are no reminders of ours"
    )
