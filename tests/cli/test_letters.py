"""`mumaris letters`."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from cli.shapes import reply_codes
from models.database import transaction
from models.letters import Letter, LetterStatus
from support.people import NOURA
from support.requests import request_at_gate
from support.shell import mumaris


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


@pytest.mark.parametrize(
    ("reply", "codes"),
    [
        ("550 5.1.1 <noura@example.com> unknown", "550 5.1.1"),
        ("421-4.3.2 try later", "421-4.3.2"),
        ("250 OK", "250"),
        ("noura@example.com refused", None),
        (None, None),
    ],
)
def test_only_the_codes_of_a_reply_are_shown(reply: str | None, codes: str | None) -> None:
    """A reply without codes shows nothing."""
    assert reply_codes(reply) == codes
