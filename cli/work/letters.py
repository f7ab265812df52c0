"""What `mumaris letters` does with the database; imported when it runs."""

from datetime import date, datetime, time

import typer

from cli.asking import confirm
from cli.errors import ProblemsFound
from cli.running import run
from cli.show.output import print_json, show_table
from cli.show.shapes import LETTER_TITLES, letter_cells, letter_json
from cli.signed_in import run_as_officer
from desk.clock import utc_now
from desk.mail import listing
from desk.mail.listing import ListedLetter
from desk.mail.resending import (
    Resent,
    Undelivered,
    drop_letters,
    undelivered,
)
from desk.mail.state import mail_state
from desk.operations.acts import OperatorAsks, remind_again, send_again
from desk.policy import current_policy
from desk.requests.timeline import show_instant
from rules.accounts.kinds import OPERATING
from rules.requests.letter_status import LetterStatus
from rules.values.dates import RIYADH
from rules.values.registration_number import clean_registration_number
from rules.values.tracking_code import parse_tracking_code


def list_letters(status: LetterStatus | None, limit: int, *, as_json: bool) -> None:
    """E-mails about requests and reminders, newest first, with whom or what they are about.

    While none leaves, people are told why: those that were not tried say nothing of it.
    """
    found = run(lambda: listing.list_letters(status=status, limit=limit))
    if as_json:
        print_json([_of(one) | letter_json(one.state) for one in found])
        return
    rows = [
        (one.tracking_code or one.registration_number or "", *letter_cells(one.state))
        for one in found
    ]
    show_table(("code", *LETTER_TITLES), rows)
    mail = run(mail_state)
    if mail.away_since:
        typer.echo(f"No e-mail has left since {show_instant(mail.away_since)}: {mail.away_reason}")


def _of(letter: ListedLetter) -> dict[str, str | None]:
    return {
        "tracking_code": letter.tracking_code,
        "registration_number": letter.registration_number,
    }


def resend(
    code: str | None,
    letter: str | None,
    since: date | None,
    reason: str,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Queue what failed or came back again: of one request, or of all."""
    found = _undelivered(code, letter, since)
    if code is None:
        confirm(f"Send {len(found)} e-mails again?", yes=yes)
    resent: Resent = run_as_officer(
        lambda by: send_again(found, OperatorAsks(by, reason), now=utc_now()), roles=OPERATING
    )
    if as_json:
        outdated = [
            {"tracking_code": one.tracking_code, "letter": one.letter} for one in resent.outdated
        ]
        print_json({"queued": resent.queued, "outdated": outdated})
        return
    typer.echo(f"{resent.queued} e-mails are sent again")
    for one in resent.outdated:
        typer.echo(f"{one.tracking_code}: {one.letter} is out of date; it stays as it is")


def drop(code: str, letter: str | None, *, yes: bool, as_json: bool) -> None:
    """Say that what failed or came back is not wanted any more."""
    found = _undelivered(code, letter, None)
    confirm(f"Never send {len(found)} e-mails of request {code}?", yes=yes)
    dropped = run(lambda: drop_letters(found, now=utc_now()))
    if as_json:
        print_json({"dropped": dropped})
    else:
        typer.echo(f"{dropped} e-mails are not sent again")


def resend_failed_reminders(
    number: str | None, since: date | None, reason: str, *, yes: bool, as_json: bool
) -> None:
    """Queue failed reminders again: of one person, or of all."""
    pattern = current_policy().registration_number.pattern
    canonical = clean_registration_number(number, pattern=pattern) if number else None
    if canonical is None:
        confirm("Send all failed reminders again with the next run?", yes=yes)
    queued = run_as_officer(
        lambda by: remind_again(
            OperatorAsks(by, reason),
            now=utc_now(),
            registration_number=canonical,
            since=_begin(since),
        ),
        roles=OPERATING,
    )
    if as_json:
        print_json({"queued": queued})
    else:
        typer.echo(f"{queued} reminders wait for the next run; those out of date are not sent")


def _undelivered(code: str | None, letter: str | None, since: date | None) -> list[Undelivered]:
    tracking_code = parse_tracking_code(code) if code else None
    found = run(
        lambda: undelivered(tracking_code=tracking_code, letter=letter, since=_begin(since))
    )
    if not found and code:
        raise ProblemsFound(["no e-mail of this request failed or came back"])
    return found


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), RIYADH) if day else None
