"""`mumaris review export`: a queue as a file of its owner's."""

import csv
import json
import stat
from pathlib import Path

import pytest

from models.access_log import Looked
from rules.accounts.kinds import Role
from support.at_the_desk import looks
from support.people import NOURA
from support.requests import request_at_gate
from support.shell import mumaris
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")
EXPORT = ("review", "export", "--reason", "weekly report")


def rows_of(file: Path) -> list[list[str]]:
    """The rows behind the headings."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))[1:]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
async def test_who_oversees_writes_a_file(tmp_path: Path, role: Role) -> None:
    """For its owner alone; the log keeps the reason."""
    code = await request_at_gate()
    file = tmp_path / "all.csv"

    done = await mumaris_as("amal", *EXPORT, str(file), roles=[role])

    assert (done.exit_code, done.stdout) == (0, f"1 request written to {file}\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in rows_of(file)] == [code]
    assert NOURA["identity_number"] not in file.read_text("utf-8")
    [line] = await looks(Looked.EXPORT)
    assert (line.viewer, line.why) == ("amal", "weekly report")


async def test_it_is_narrowed_and_counted(tmp_path: Path) -> None:
    """As the queue is; for programs in JSON."""
    await request_at_gate()
    some, none = tmp_path / "some.csv", tmp_path / "none.csv"

    async def told(*words: str) -> int:
        done = await mumaris_as("amal", *EXPORT, *words, "--json", roles=[Role.AUDITOR])
        rows: int = json.loads(done.stdout)["rows"]
        return rows

    assert await told("--identity-numbers", "--kind", "profile_update", str(some)) == 1
    assert await told("--queue", "second_officer", str(none)) == 0
    assert rows_of(some)[0][-1] == NOURA["identity_number"]
    assert rows_of(none) == []


@pytest.mark.parametrize("role", [Role.OFFICER, Role.OPERATOR])
async def test_nobody_else_does(tmp_path: Path, role: Role) -> None:
    """And no file is left."""
    await request_at_gate()
    file = tmp_path / "all.csv"

    refused = await mumaris_as("amal", *EXPORT, str(file), roles=[role])

    assert refused.exit_code == 1
    assert not file.exists()
    assert await looks(Looked.EXPORT) == []


async def test_it_needs_somebody_who_is_signed_in(tmp_path: Path) -> None:
    """Whoever has the machine is nobody yet."""
    file = tmp_path / "all.csv"

    refused = await mumaris(*EXPORT, str(file))

    assert refused.exit_code == 1
    assert not file.exists()


async def test_it_needs_a_reason(tmp_path: Path) -> None:
    """In words."""
    await request_at_gate()
    file = tmp_path / "all.csv"

    refused = await mumaris_as(
        "amal", "review", "export", "--reason", " ", str(file), roles=[Role.SUPERVISOR]
    )

    assert refused.exit_code == 1
    assert not file.exists()


async def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Others may read it, or it is somebody's work."""
    await request_at_gate()
    file = tmp_path / "all.csv"
    file.write_text("mine", "utf-8")

    refused = await mumaris_as("amal", *EXPORT, str(file), roles=[Role.SUPERVISOR])

    assert refused.exit_code != 0
    assert file.read_text("utf-8") == "mine"
