"""What `mumaris suppressions` and `mumaris bounces` do; imported when one of them runs."""

import sys
from dataclasses import asdict
from pathlib import Path

import typer

from cli.asking import confirm
from cli.errors import ProblemsFound
from cli.running import run
from cli.show.output import iso, print_json, show_table
from desk.clock import utc_now
from desk.mail.bounces import Reading, read_maildir
from desk.mail.listing import reply_codes
from desk.mail.suppressing import (
    Suppressed,
    allow_reminders,
    mailbox_meant,
    reasons_against,
    stop_reminders,
    suppressions_in_force,
)
from desk.policy import current_policy
from desk.requests.timeline import show_instant
from rules.reminders.suppression import WISHES, Why
from rules.values.registration_number import clean_registration_number


def list_suppressions(limit: int, *, as_json: bool) -> None:
    """Those in force, newest first; with their addresses, as that is what they are about."""
    found = run(lambda: suppressions_in_force(limit=limit))
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
    show_table(
        ("address", "kind", "why", "since", "server"),
        [
            (
                each.address,
                each.kind,
                each.why,
                show_instant(each.since),
                reply_codes(each.server_reply) or "",
            )
            for each in found
        ],
    )


def add_suppression(whom: str, why: Why, *, as_json: bool) -> None:
    """No more reminders to the address."""

    async def work() -> Suppressed:
        mailbox = await mailbox_meant(_canonical(whom))
        return await stop_reminders(mailbox, why=why, now=utc_now())

    found = run(work)
    if as_json:
        print_json({"new": found.is_new, "reasons": found.reasons, "people": found.people})
        return
    typer.echo("suppressed" if found.is_new else "was suppressed for this reason already")
    typer.echo(f"reasons: {', '.join(found.reasons)}")
    if found.people > 1:
        typer.echo(f"note: {found.people} practitioners have this address; none gets reminders")


def lift_suppression(whom: str, why: Why | None, *, yes: bool, as_json: bool) -> None:
    """Let the address get reminders again."""
    canonical = _canonical(whom)
    mailbox, reasons = run(lambda: _reasons(canonical))
    if not reasons or (why is not None and why not in reasons):
        raise ProblemsFound(["this address is not suppressed"])
    wishes = [each for each in reasons if each in WISHES and why in {None, each}]
    if wishes:
        confirm(f"Its owner wanted no reminders ({', '.join(wishes)}). Lift that?", yes=yes)
    lifted = run(lambda: allow_reminders(mailbox, now=utc_now(), why=why))
    left = [each for each in reasons if each not in lifted]
    if as_json:
        print_json({"lifted": lifted, "left": left})
        return
    typer.echo(f"lifted: {', '.join(lifted)}")
    if left:
        typer.echo(f"still suppressed: {', '.join(left)}")


async def _reasons(whom: str) -> tuple[str, list[Why]]:
    mailbox = await mailbox_meant(whom)
    return mailbox, await reasons_against(mailbox)


def _canonical(whom: str) -> str:
    """The address or number as it is kept; read from stdin it is in nobody's list of processes."""
    typed = sys.stdin.readline().strip() if whom == "-" else whom
    if "@" in typed:
        return typed
    pattern = current_policy().registration_number.pattern
    return clean_registration_number(typed, pattern=pattern)


def read_bounces(maildir: Path, *, as_json: bool) -> None:
    """Read what is new."""
    found: Reading = run(lambda: read_maildir(maildir, now=utc_now()))
    if as_json:
        print_json(asdict(found))
        return
    typer.echo(
        f"{found.messages} new messages, {found.reports} reports, {found.suppressed} addresses "
        f"suppressed, {found.on_requests} e-mails about requests came back"
    )
    left = {
        "say nothing certain of the mailbox": found.undecided,
        "are about somebody behind the address": found.elsewhere,
        "cannot be traced to an e-mail of ours": found.unknown,
    }
    for what, number in left.items():
        if number:
            typer.echo(f"reports that {what}: {number}")
    if found.unreadable:
        typer.echo(f"messages that cannot be read, flagged in the Maildir: {found.unreadable}")
