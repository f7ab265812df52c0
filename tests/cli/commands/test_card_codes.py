"""`mumaris card print`, `reissue` and `withdraw-code`, on a real database."""

import json
from pathlib import Path

import pytest

from desk.clock import utc_now
from documents.keys import new_master_key
from models.access_log import Looked
from rules.accounts.kinds import REVIEWING, Role
from rules.values.dates import riyadh_day
from support.at_the_desk import looks
from support.card_codes import holder_with_code
from support.sheets import words_of
from support.shell import mumaris
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


@pytest.fixture(autouse=True)
def master_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installation has a master key."""
    monkeypatch.setenv("MUMARIS_DOCUMENT_KEYS", new_master_key())


async def test_a_card_is_reissued_and_its_code_taken_back() -> None:
    """By the officer who is signed in; asked first, unless it is answered beforehand."""
    holder, _ = await holder_with_code()
    number = holder.registration_number

    reissued = await mumaris_as("amal", "card", "reissue", number, "--yes", "--json")
    unasked = await mumaris_as("amal", "card", "reissue", number)
    withdrawn = await mumaris_as("amal", "card", "withdraw-code", number, "--yes")
    again = await mumaris_as("amal", "card", "withdraw-code", number, "--yes")

    assert json.loads(reissued.stdout) == {"code_number": 2}
    assert "taken back" in withdrawn.stdout
    assert (unasked.exit_code, again.exit_code) == (2, 3)


@pytest.mark.parametrize("role", Role)
async def test_who_may(role: Role) -> None:
    """Those who decide requests."""
    holder, _ = await holder_with_code()
    number = holder.registration_number

    done = await mumaris_as("rahul", "card", "reissue", number, "--yes", roles=[role])

    assert done.exit_code == (0 if role in REVIEWING else 1)


def names_in(folder: Path) -> list[str]:
    """Of the files in it."""
    return [one.name for one in folder.iterdir()]


@pytest.mark.parametrize("language", ["ar", "en"])
async def test_a_card_is_written_to_a_new_file_for_its_owner_alone(
    tmp_path: Path, language: str
) -> None:
    """With its line of the access log; a file that is there stays, and a refusal leaves none."""
    holder, _ = await holder_with_code(riyadh_day(utc_now()))
    file = tmp_path / "card.pdf"
    printed = ("card", "print", holder.registration_number, "--language", language)

    done = await mumaris(*printed, "--to", str(file), "--json")
    again = await mumaris(*printed, "--to", str(file))
    refused = await mumaris("card", "print", "20-999999", "--to", str(tmp_path / "none.pdf"))

    assert json.loads(done.stdout) == {"file": str(file)}
    assert (done.exit_code, again.exit_code, refused.exit_code) == (0, 2, 3)
    assert ("سارية حتى" if language == "ar" else "Valid until") in words_of(file.read_bytes())
    assert file.stat().st_mode & 0o777 == 0o600
    assert names_in(tmp_path) == ["card.pdf"]
    assert len(await looks(Looked.CARD_PRINT)) == 1


async def test_what_is_no_number_is_told_so() -> None:
    """With what is wrong with it."""
    refused = await mumaris_as("amal", "card", "reissue", "no", "--yes")

    assert refused.exit_code == 1
    assert "registration_number" in refused.stderr
