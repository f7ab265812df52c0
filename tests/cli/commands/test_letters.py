"""`mumaris letters`."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col
from typer.testing import Result

from desk.clock import utc_now
from models.database import transaction
from models.letters import Letter
from rules.accounts.kinds import Role
from rules.requests.letter_status import LetterStatus
from support.people import NOURA
from support.reminding import Runs, reminded_card
from support.requests import request_at_gate
from support.shell import mumaris
from support.signed_in import mumaris_as
from support.smtp import SmtpRecorder
from tasks.letter_delivery import deliver_letters


async def test_every_letter_is_previewed_in_files(tmp_path: Path) -> None:
    """Without a database: the facts are invented."""
    previewed = await mumaris("letters", "preview", "--to", str(tmp_path / "letters"))

    assert previewed.exit_code == 0
    assert (tmp_path / "letters" / "index.html").is_file()


async def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """It names the path; exit code 2."""
    (tmp_path / "file").write_text("in the way")

    previewed = await mumaris("letters", "preview", "--to", str(tmp_path / "file" / "letters"))

    assert previewed.exit_code == 2
    assert len(previewed.stderr.splitlines()) == 1


@pytest.mark.usefixtures("people")
async def test_failed_letters_are_listed_without_their_addresses() -> None:
    """The mail server's words repeat the address; its codes stay."""
    code = await request_at_gate()
    address = NOURA["email"]
    async with transaction() as session:
        await session.exec(
            update(Letter)
            .where(col(Letter.letter) == "received")
            .values(status=LetterStatus.FAILED, server_reply=f"550 5.1.1 <{address}> unknown")
        )

    table = await mumaris("letters", "list", "--status", "failed")
    [letter] = json.loads((await mumaris("letters", "list", "--json")).stdout)

    assert address not in table.output
    assert (letter["tracking_code"], letter["letter"]) == (code, "received")
    assert letter["reply_codes"] == "550 5.1.1"


@pytest.mark.usefixtures("people")
async def test_why_a_letter_waits_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the mail server's port is closed, beside what is tried next."""
    await request_at_gate()
    monkeypatch.setenv("MUMARIS_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("MUMARIS_SMTP_PORT", "1")
    await deliver_letters(now=utc_now())

    table = await mumaris("letters", "list")
    [letter] = json.loads((await mumaris("letters", "list", "--json")).stdout)

    assert "Connect call failed" in table.stdout
    assert "Connect call failed" in letter["reply"]
    assert (letter["status"], letter["waits_for_us"]) == ("queued", True)


@pytest.mark.usefixtures("database")
async def test_reminders_are_listed_too(database: str) -> None:
    """By the registration number of whom they are for."""
    assert database
    async with SmtpRecorder() as smtp:
        card = await reminded_card(Runs(smtp))

    [letter] = json.loads((await mumaris("letters", "list", "--json")).stdout)
    table = await mumaris("letters", "list", "--status", "sent")

    assert letter["registration_number"] == card.number
    assert (letter["letter"], letter["status"]) == ("card_reminder", "sent")
    assert card.number in table.stdout
    assert card.email not in table.stdout


async def as_operator(*arguments: str) -> Result:
    """Send again, as an operator who says why."""
    words = ("letters", "resend", *arguments, "--reason", "The mail server is mended")
    return await mumaris_as("rahul", *words, roles=[Role.OPERATOR])


@pytest.mark.usefixtures("people")
async def test_failed_letters_are_sent_again_by_command() -> None:
    """One request's at once; all of them only when somebody says yes. Then nothing is left."""
    code = await request_at_gate()
    async with transaction() as session:
        await session.exec(update(Letter).values(status=LetterStatus.FAILED))

    unasked = await as_operator()
    unsaid = await mumaris("letters", "resend", code)
    again = await as_operator(code)
    left = await as_operator("--yes", "--json")
    none = await mumaris("letters", "drop", code, "--yes")
    reminders = await as_operator("--reminders", "--yes", "--json")

    assert unasked.exit_code != 0
    assert (unsaid.exit_code, "--reason" in unsaid.stderr) == (2, True)
    assert again.stdout == "1 e-mails are sent again\n"
    assert json.loads(left.stdout) == {"queued": 0, "outdated": []}
    assert none.exit_code == 1
    assert json.loads(reminders.stdout) == {"queued": 0}
