"""`mumaris review decide-many`, on a real database."""

import json
from pathlib import Path

import pytest

from desk.requests.review import Ruling, decide
from rules.requests.statuses import Status
from rules.requests.verdicts import Origin, Verdict
from support.at_the_desk import decisions, row_of
from support.deciding import at_gate
from support.requests import NOW
from support.signed_in import mumaris_as

pytestmark = pytest.mark.usefixtures("people")


async def test_a_file_of_codes_is_decided_and_each_says_what_came_of_it(tmp_path: Path) -> None:
    """It exits with 1 where one was refused; run again, it says what was done and changes none."""
    codes = [await at_gate() for _ in range(3)]
    await decide(codes[1], Ruling(verdict=Verdict.APPROVE, officer="basim"), now=NOW)
    file = tmp_path / "codes.txt"
    file.write_text("\ufeff" + "\r\n\r\n".join([codes[0].lower(), *codes[1:]]), encoding="utf-8")
    words = ("review", "decide-many", "--file", str(file), "--approve", "--yes")

    first = await mumaris_as("amal", *words)
    again = await mumaris_as("amal", *words, "--json")

    assert (first.exit_code, again.exit_code) == (1, 1)
    assert first.stdout == "approved: 2\nrefused:  1\n"
    assert first.stderr.startswith(f"{codes[1]}: request {codes[1]} is not at the review gate")
    told = {one["tracking_code"]: one for one in json.loads(again.stdout)}
    assert {code: told[code]["decided_before"] for code in codes} == {
        codes[0]: True,
        codes[1]: False,
        codes[2]: True,
    }
    assert {one["code"] for one in told.values()} == {"review_already_decided"}
    for code in codes:
        assert len(await decisions(code)) == 1
    [made] = await decisions(codes[0])
    assert (made.officer, made.origin) == ("amal", Origin.COMMAND)


async def test_several_are_returned_with_a_reason() -> None:
    """All went well: it exits with 0, and once more with 0."""
    codes = [await at_gate() for _ in range(2)]
    words = ("--return", "--reason", "unclear", "--field", "specialty", "--note", "Page 2", "-y")

    done = await mumaris_as("amal", "review", "decide-many", *codes, *words)
    again = await mumaris_as("amal", "review", "decide-many", *codes, *words)

    assert (done.exit_code, done.stdout, done.stderr) == (0, "returned: 2\n", "")
    assert (again.exit_code, again.stdout) == (0, "decided so before: 2\n")
    assert {(await row_of(code)).status for code in codes} == {Status.RETURNED}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--approve", "--yes"], "name requests"),
        (["K7Q2-M9XD", "--yes"], "exactly one of"),
        (["K7Q2-M9XD", "--approve", "--reject", "--yes"], "exactly one of"),
        (["K7Q2-M9XD", "--approve"], "add --yes"),
        (["--file", "nowhere.txt", "--approve", "--yes"], "nowhere.txt"),
    ],
)
async def test_what_cannot_be_meant_decides_nothing(words: list[str], said: str) -> None:
    """It is wrong usage, and says what to do."""
    refused = await mumaris_as("amal", "review", "decide-many", *words)

    assert refused.exit_code == 2
    assert said in refused.stderr


async def test_a_line_without_a_code_is_named_before_anything_is_decided(tmp_path: Path) -> None:
    """By its number alone: it may hold anything."""
    code = await at_gate()
    file = tmp_path / "codes.txt"
    file.write_text(f"{code}\nNoura Alqahtani\n", encoding="utf-8")

    refused = await mumaris_as(
        "amal", "review", "decide-many", "--file", str(file), "--approve", "--yes"
    )

    assert refused.exit_code == 2
    assert refused.stderr == f"{file}: no tracking code in line 2\n"
    assert await decisions(code) == []


async def test_a_ruling_without_its_reason_is_told_once() -> None:
    """Nothing is decided."""
    code = await at_gate()

    refused = await mumaris_as("amal", "review", "decide-many", code, "--reject", "--yes")

    assert refused.exit_code == 1
    assert "give one of these reasons" in refused.stderr
    assert await decisions(code) == []
