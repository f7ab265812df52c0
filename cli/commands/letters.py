"""`mumaris letters`: what they look like, and which were not sent."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.options import ActReason, AsJson, Code, Day, Limit, Yes
from rules.requests.letter_status import LetterStatus

app = typer.Typer(name="letters", help="List, preview and resend e-mails.")


@app.command()
def preview(
    to: Annotated[
        Path, typer.Option("--to", file_okay=False, help="The folder to write to.")
    ] = Path("letters-preview"),
) -> None:
    """Write every kind of e-mail to files, with invented facts.

    index.html shows them all.

    Example: mumaris letters preview --to letters-preview
    """
    from mail.preview.files import write_previews

    written = write_previews(to)
    typer.echo(f"{len(written)} files in {to}; begin with {to / 'index.html'}")


@app.command("list")
def list_(
    *,
    status: Annotated[
        LetterStatus | None, typer.Option("--status", help="Only e-mails with this status.")
    ] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List e-mails and what became of them, newest first.

    Reminders are among them; addresses are not shown.

    Example: mumaris letters list --status failed
    """
    from cli.work import letters as work

    work.list_letters(status, limit, as_json=as_json)


_LETTER = typer.Option("--letter", metavar="NAME", help="Only this e-mail, such as activation.")
_SINCE = Day("--since", "Only those written on this day or later.")


@app.command()
def resend(
    which: Annotated[
        str | None,
        typer.Argument(
            metavar="WHICH",
            help="The request's tracking code; with --reminders a registration number.",
        ),
    ] = None,
    *,
    reason: ActReason,
    letter: Annotated[str | None, _LETTER] = None,
    since: Annotated[date | None, _SINCE] = None,
    reminders: Annotated[
        bool, typer.Option("--reminders", help="Reminders instead of e-mails about requests.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Send again e-mails that failed or came back.

    Without WHICH it sends all of them. Safe to repeat: an e-mail that waits already is left alone,
    and keeps its Message-ID. Reminders leave with the next run. Operators and supervisors may, and
    say why.

    Example: mumaris letters resend K7Q2-M9XD --reason "The mail server is mended"
    """
    from cli.work import letters as work

    if reminders:
        work.resend_failed_reminders(which, since, reason, yes=yes, as_json=as_json)
    else:
        work.resend(which, letter, since, reason, yes=yes, as_json=as_json)


@app.command()
def drop(
    code: Code,
    *,
    letter: Annotated[str | None, _LETTER] = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Give up a request's e-mails that failed or came back.

    Example: mumaris letters drop K7Q2-M9XD
    """
    from cli.work import letters as work

    work.drop(code, letter, yes=yes, as_json=as_json)
