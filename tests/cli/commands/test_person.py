"""`mumaris person`, on a real database."""

import json
import zipfile
from pathlib import Path

import pytest

from rules.accounts.kinds import Role
from support.people import NOURA, RAHUL
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
NUMBER = NOURA["registration_number"]


async def test_everything_is_written_to_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    """Which is new: nothing is written over."""
    file = tmp_path / "request-17.zip"
    words = ("person", "export", NUMBER, "--to", str(file), "--json")

    done = await mumaris_as("rahul", *words, roles=[Role.SUPERVISOR])
    again = await mumaris_as("rahul", *words)

    told = json.loads(done.stdout)
    assert file.stat().st_mode & 0o777 == 0o600
    assert "tables/practitioners.json" in zipfile.ZipFile(file).namelist()
    assert told["tables"] >= 1
    assert NUMBER not in done.stdout
    assert again.exit_code == 2


@pytest.mark.parametrize("number", ["99999999", "nobody"])
async def test_a_refusal_leaves_no_file(number: str, tmp_path: Path) -> None:
    """Nobody has the number, or it is none."""
    file = tmp_path / "request-17.zip"

    refused = await mumaris_as(
        "rahul", "person", "export", number, "--to", str(file), roles=[Role.AUDITOR]
    )

    assert refused.exit_code in {1, 2, 3}
    assert not file.exists()


@pytest.mark.parametrize("role", Role)
async def test_who_may(role: Role, tmp_path: Path) -> None:
    """Whoever oversees."""
    file = tmp_path / "request-17.zip"

    answer = await mumaris_as("rahul", "person", "export", NUMBER, "--to", str(file), roles=[role])

    assert answer.exit_code == (0 if role in {Role.SUPERVISOR, Role.AUDITOR} else 1)
    assert file.exists() is (answer.exit_code == 0)


async def test_erasing_is_rehearsed_until_it_is_said() -> None:
    """The same numbers; a second time finds nobody."""
    words = ("person", "erase", NUMBER, "--json")
    rehearsed = await mumaris_as("amal", *words, roles=[Role.SUPERVISOR])
    shown = await mumaris_as("amal", "person", "erase", NUMBER)
    done = await mumaris_as("amal", *words, "--yes")
    again = await mumaris_as("amal", *words, "--yes")

    told, did = json.loads(rehearsed.stdout), json.loads(done.stdout)
    assert (told["rehearsal"], did["rehearsal"]) == (True, False)
    assert told["counts"] == did["counts"]
    assert told["certificate"] is None
    assert did["certificate"] >= 1
    assert "nothing was changed" in shown.stdout
    assert NUMBER not in done.stdout
    assert again.exit_code == 3


async def test_who_is_kept_is_said_with_the_reason() -> None:
    """Rahul works at the desk."""
    number = RAHUL["registration_number"]
    refused = await mumaris_as("amal", "person", "erase", number, "--yes", roles=[Role.SUPERVISOR])

    assert refused.exit_code == 1
    assert "the person works at the desk" in refused.stderr


@pytest.mark.parametrize("role", Role)
async def test_who_may_erase(role: Role) -> None:
    """Supervisors; auditors may rehearse."""
    rehearsed = await mumaris_as("amal", "person", "erase", NUMBER, roles=[role])
    done = await mumaris_as("amal", "person", "erase", NUMBER, "--yes")

    assert rehearsed.exit_code == (0 if role in {Role.SUPERVISOR, Role.AUDITOR} else 1)
    assert done.exit_code == (0 if role is Role.SUPERVISOR else 1)
