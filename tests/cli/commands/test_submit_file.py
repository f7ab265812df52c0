"""`mumaris request submit-file`: good rows become requests, and every bad one is told."""

import asyncio
import csv
import fcntl
import json
import os
import signal
import stat
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select

from desk.requests.submitting_many import CHUNK
from desk.requests.waiting import load_request
from models.database import transaction
from models.inserting import insert_new
from models.letters import Letter
from models.practitioners import Practitioner
from models.requests import Request
from rules.requests.statuses import Kind, Status
from rules.values.dates import riyadh_day
from support.faults import until
from support.newcomers import registration, stranger
from support.people import NOURA, RAHUL, luhn_number
from support.shell import mumaris
from tasks.steps.validation import validate

pytestmark = pytest.mark.usefixtures("people")

HEADER = "registration_number,mobile,confirmed_by_applicant"
MUMARIS = Path(sys.executable).with_name("mumaris")
GOOD = f"{NOURA['registration_number']},0551112233,yes"


def updates(folder: Path, *lines: str) -> Path:
    """A file of updates with these lines."""
    path = folder / "updates.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return path


def names(folder: Path) -> list[str]:
    """What is in this folder."""
    return sorted(each.name for each in folder.iterdir())


def results(file: Path) -> list[dict[str, str]]:
    """What the result file says."""
    with file.with_name(f"{file.name}.results.csv").open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


async def counted() -> tuple[int, int]:
    """How many requests and letters there are."""
    async with transaction() as session:
        requests = (await session.exec(select(func.count(col(Request.id))))).one()
        letters = (await session.exec(select(func.count(col(Letter.id))))).one()
        return requests, letters


async def test_good_rows_are_accepted_and_bad_ones_told_with_their_lines(tmp_path: Path) -> None:
    """The result file is its owner's alone; the exit code says that something was refused."""
    file = updates(tmp_path, f"{RAHUL['registration_number']},12,no", GOOD)

    ended = await mumaris("request", "submit-file", str(file))

    found = results(file)
    assert (ended.exit_code, ended.stderr) == (1, "")
    assert "2 rows: 1 accepted, 1 refused" in ended.stdout
    assert sorted((row["line"], row["field"], row["code"]) for row in found) == [
        ("2", "confirmed_by_applicant", "not_confirmed"),
        ("2", "mobile", "mobile_form"),
        ("3", "", ""),
    ]
    assert found[-1]["tracking_code"]
    written = file.with_name("updates.csv.results.csv")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert await counted() == (1, 1)


async def test_a_corrected_file_takes_only_what_is_new(tmp_path: Path) -> None:
    """The rows that were accepted say so, with their codes."""
    bad, good = f"{RAHUL['registration_number']},12,yes", GOOD
    await mumaris("request", "submit-file", str(updates(tmp_path, bad, good)))
    code = results(tmp_path / "updates.csv")[-1]["tracking_code"]
    file = updates(tmp_path, bad.replace(",12,", ",0501112233,"), good)

    ended = await mumaris("request", "submit-file", str(file), "--json")

    told = json.loads(ended.stdout)
    assert ended.exit_code == 0
    assert (told["rows"], told["accepted"], told["accepted_before"]) == (2, 1, 1)
    assert [row["outcome"] for row in results(file)] == ["accepted", "accepted_before"]
    assert results(file)[1]["tracking_code"] == code
    assert await counted() == (2, 2)


async def test_a_check_changes_nothing(tmp_path: Path) -> None:
    """And says what would be said, in Arabic where it is asked for."""
    file = updates(tmp_path, GOOD, f"{RAHUL['registration_number']},12,yes")

    ended = await mumaris("request", "submit-file", str(file), "--check", "--lang", "ar")

    assert ended.exit_code == 1
    assert [row["outcome"] for row in results(file)] == ["valid", "refused"]
    assert "الجوال" in results(file)[1]["message"]
    assert await counted() == (0, 0)


async def test_what_a_file_cannot_be_is_wrong_usage(tmp_path: Path) -> None:
    """Nothing is begun, and no result file is left."""
    (tmp_path / "updates.pdf").write_bytes(b"%PDF")
    file = updates(tmp_path, GOOD)

    for name, *more in (("none.csv",), ("updates.pdf",), ("updates.csv", "--kind", "card_renewal")):
        ended = await mumaris("request", "submit-file", str(tmp_path / name), *more)
        assert ended.exit_code == 2
    assert names(tmp_path) == [file.name, "updates.pdf"]


@pytest.mark.parametrize("kind", [Kind.CARD_RENEWAL, Kind.REGISTRATION])
async def test_csv_holds_profile_updates_alone(tmp_path: Path, kind: Kind) -> None:
    """It is said which files hold the others; no column is looked at."""
    file = updates(tmp_path, GOOD)

    ended = await mumaris("request", "submit-file", str(file), "--kind", kind)

    assert ended.exit_code == 2
    assert f"a file of kind {kind} ends in .jsonl or .ndjson" in ended.stderr
    assert (names(tmp_path), await counted()) == ([file.name], (0, 0))


async def test_newcomers_are_registered_by_lines_of_json(tmp_path: Path) -> None:
    """Each comes to the gate, once; one who lacks documents is told, and stops nobody."""
    today = riyadh_day(datetime.now(UTC))
    others = (await stranger("70000003"), await stranger("70000004"))
    wishes = [
        *(one.registration(today, idempotency_key=None) for one in others),
        registration(today, idempotency_key=None, documents=[]),
    ]
    file = tmp_path / "newcomers.jsonl"
    file.write_text("\n".join(map(json.dumps, wishes)), encoding="utf-8")

    ended = await mumaris("request", "submit-file", str(file), "--kind", "registration", "--json")
    found = results(file)
    codes = [row["tracking_code"] for row in found if row["outcome"] == "accepted"]
    for code in codes:
        await validate.task.fn(code)
    again = await mumaris("request", "submit-file", str(file), "--kind", "registration", "--json")

    told, told_again = json.loads(ended.stdout), json.loads(again.stdout)
    assert (ended.exit_code, told["accepted"], told["refused"]) == (1, 2, 1)
    assert {(row["line"], row["code"]) for row in found if row["outcome"] == "refused"} == {
        ("3", "employer_letter_missing"),
        ("3", "qualification_missing"),
    }
    assert [(await load_request(code)).status for code in codes] == [Status.UNDER_REVIEW] * 2
    assert (told_again["accepted"], told_again["accepted_before"]) == (0, 2)


async def test_one_command_at_a_time_writes_a_result_file(tmp_path: Path) -> None:
    """The second is told, and the first one's results stay."""
    file = updates(tmp_path, GOOD)
    with file.with_name("updates.csv.results.csv").open("w") as held:
        held.write("kept")
        fcntl.flock(held, fcntl.LOCK_EX)

        ended = await mumaris("request", "submit-file", str(file))

    assert ended.exit_code == 2
    assert "another command is submitting this file" in ended.stderr
    assert file.with_name("updates.csv.results.csv").read_text() == "kept"


async def test_a_result_file_is_no_way_to_another_file(tmp_path: Path) -> None:
    """A link that somebody laid there is not followed."""
    file, other = updates(tmp_path, GOOD), tmp_path / "other"
    other.write_text("kept")
    file.with_name("updates.csv.results.csv").symlink_to(other)

    ended = await mumaris("request", "submit-file", str(file))

    assert (ended.exit_code, other.read_text()) == (2, "kept")


async def put_on_register(numbers: Iterable[str]) -> None:
    """So many more people."""
    rows = [
        Practitioner(
            **NOURA
            | {
                "registration_number": number,
                "identity_number": luhn_number(number),
                "email": f"{number}@example.com",
            }
        )
        for number in numbers
    ]
    async with transaction() as session:
        await insert_new(session, rows)


async def test_a_command_that_is_killed_is_run_again_without_a_loss(tmp_path: Path) -> None:
    """Whatever was in hand when it died: each row is one request with one letter in the end."""
    numbers = [str(50_000_001 + place) for place in range(5 * CHUNK)]
    await put_on_register(numbers)
    file = updates(tmp_path, *(f"{number},0551112233,yes" for number in numbers))
    dying = await asyncio.create_subprocess_exec(
        *(MUMARIS, "request", "submit-file", str(file)), env=dict(os.environ)
    )

    async def has_begun() -> bool:
        return (await counted())[0] > 0

    await until(has_begun, "a chunk is kept")
    dying.send_signal(signal.SIGKILL)
    assert await dying.wait() == -signal.SIGKILL
    before = (await counted())[0]

    again = await mumaris("request", "submit-file", str(file), "--json")

    told: dict[str, Any] = json.loads(again.stdout)
    assert 0 < before < len(numbers)
    assert (told["accepted"], told["accepted_before"]) == (len(numbers) - before, before)
    assert await counted() == (len(numbers), len(numbers))
