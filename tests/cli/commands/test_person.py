"""`mumaris person`, on a real database."""

import json
import zipfile
from pathlib import Path

import pytest

from rules.accounts.kinds import Role
from support.people import NOURA
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
