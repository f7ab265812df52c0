"""What `mumaris letters` does with the database; imported when it runs."""

from datetime import date, datetime, time

import typer

from cli.asking import confirm
from cli.errors import ProblemsFound
from cli.running import run
from cli.show.output import print_json, show_table
from cli.show.shapes import LETTER_TITLES, letter_cells, letter_json
from cli.work.queries import find_letters, find_reminders
from desk.clock import utc_now
from desk.mail.resending import (
    Resent,
    Undelivered,
    drop_letters,
    resend_letters,
    resend_reminders,
    undelivered,
)
from desk.policy import current_policy
from models.database import transaction
from models.letters import Letter, LetterStatus
from models.reminders.reminders import Reminder
from rules.values.dates import RIYADH
from rules.values.registration_number import clean_registration_number
from rules.values.tracking_code import parse_tracking_code


def list_letters(status: str | None, limit: int, *, as_json: bool) -> None:
    """E-mails about requests and reminders, newest first, with whom or what they are about."""
    wanted = LetterStatus(status) if status else None

    async def read() -> list[tuple[Letter | Reminder, str]]:
        async with transaction() as session:
            letters = await find_letters(session, status=wanted, limit=limit)
            reminders = await find_reminders(session, status=wanted, limit=limit)
        return sorted([*letters, *reminders], key=lambda one: one[0].created_at, reverse=True)

    found = run(read)[:limit]
    if as_json:
        print_json([_of(letter, code) | letter_json(letter) for letter, code in found])
    else:
        rows = [(code, *letter_cells(letter)) for letter, code in found]
        show_table(("code", *LETTER_TITLES), rows)


def _of(letter: Letter | Reminder, code: str) -> dict[str, str | None]:
    is_reminder = isinstance(letter, Reminder)
    return {
        "tracking_code": None if is_reminder else code,
        "registration_number": code if is_reminder else None,
    }


def resend(
    code: str | None, letter: str | None, since: date | None, *, yes: bool, as_json: bool
) -> None:
    """Queue what failed or came back again: of one request, or of all."""
    found = _undelivered(code, letter, since)
    if code is None:
        confirm(f"Send {len(found)} e-mails again?", yes=yes)
    resent: Resent = run(lambda: resend_letters(found, now=utc_now()))
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
    number: str | None, since: date | None, *, yes: bool, as_json: bool
) -> None:
    """Queue failed reminders again: of one person, or of all."""
    pattern = current_policy().registration_number.pattern
    canonical = clean_registration_number(number, pattern=pattern) if number else None
    if canonical is None:
        confirm("Send all failed reminders again with the next run?", yes=yes)
    queued = run(
        lambda: resend_reminders(now=utc_now(), registration_number=canonical, since=_begin(since))
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
