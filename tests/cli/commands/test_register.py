"""`mumaris register load` and `mumaris migrate`."""

import json
from pathlib import Path

import pytest

from cli.demo.examples import OFFICERS, OFFICIAL_RECORDS, REGISTER
from support.shell import mumaris

EXAMPLES = (
    "--practitioners",
    str(REGISTER),
    "--officers",
    str(OFFICERS),
    "--official",
    str(OFFICIAL_RECORDS),
)


def numbers(table: str) -> list[list[str]]:
    """The counts of each line below the titles."""
    return [line.split()[-4:] for line in table.splitlines()[1:]]


@pytest.mark.usefixtures("database")
async def test_the_register_loaded_again_changes_nothing() -> None:
    """Added the first time, unchanged the second."""
    first = await mumaris("register", "load", *EXAMPLES)
    second = await mumaris("register", "load", *EXAMPLES)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert [line[0] for line in numbers(first.stdout)] == ["12", "3", "14"]
    assert [line[0] for line in numbers(second.stdout)] == ["0", "0", "0"]
    assert [line[2] for line in numbers(second.stdout)] == ["12", "3", "14"]


@pytest.mark.usefixtures("database")
async def test_every_wrong_line_is_told_with_its_number(tmp_path: Path) -> None:
    """All problems of all lines, and nothing is loaded."""
    lines = REGISTER.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("+966550010002", "12345")
    lines[4] = lines[4].replace("1045120977", "1045120978")
    wrong = tmp_path / "register.csv"
    wrong.write_text("\n".join(lines), encoding="utf-8")

    refused = await mumaris("register", "load", "--practitioners", str(wrong))
    loaded = await mumaris("register", "load", "--practitioners", str(REGISTER))

    assert refused.exit_code == 1
    assert [line.split(": ")[:2] for line in refused.stderr.splitlines()] == [
        ["register.csv:3", "mobile"],
        ["register.csv:5", "identity_number"],
    ]
    assert numbers(loaded.stdout)[0] == ["12", "0", "0", "0"]


async def test_a_file_that_was_pasted_twice_is_told_once(tmp_path: Path) -> None:
    """However many lines are there again."""
    wrong = tmp_path / "officers.csv"
    wrong.write_text("user_name\n" + "".join(f"officer{n}\n" for n in range(350)) * 2)

    refused = await mumaris("register", "load", "--officers", str(wrong))

    (line,) = refused.stderr.splitlines()
    assert line.startswith("officers.csv:352: user_name: Line 2 has this value already.")
    assert line.endswith("; and more: 340")


async def test_one_cause_is_told_once_with_its_lines_and_values(tmp_path: Path) -> None:
    """Not once for each line; what a value holds cannot steer the terminal."""
    wrong = tmp_path / "officers.csv"
    lines = ["amal,maybe", "basim,\x1b[31m", *(f"officer{n},2" for n in range(20))]
    wrong.write_text("user_name,active\n" + "\n".join(lines) + "\n")

    english = await mumaris("register", "load", "--officers", str(wrong))
    arabic = await mumaris("register", "load", "--officers", str(wrong), "--lang", "ar")

    assert english.stderr == (
        'officers.csv:2: active: Write yes or no. (yes_or_no): "maybe"; line 3: "\\x1b[31m"; '
        + "; ".join(f'line {line}: "2"' for line in range(4, 12))
        + "; and more: 12\n"
    )
    assert arabic.stderr.count("السطر") == 9


@pytest.mark.usefixtures("database")
async def test_programs_get_every_line_by_itself(tmp_path: Path) -> None:
    """What was loaded by file; what is wrong with its file, line, field, code and value."""
    wrong = tmp_path / "officers.csv"
    wrong.write_text("user_name,active\namal,maybe\nbasim,perhaps\n")

    refused = await mumaris("register", "load", "--officers", str(wrong), "--json")
    loaded = await mumaris("register", "load", "--practitioners", str(REGISTER), "--json")

    problems = json.loads(refused.stdout)["problems"]
    assert refused.exit_code == 1
    assert [
        (found["file"], found["line"], found["field"], found["code"], found["value"])
        for found in problems
    ] == [
        ("officers.csv", 2, "active", "yes_or_no", "maybe"),
        ("officers.csv", 3, "active", "yes_or_no", "perhaps"),
    ]
    assert json.loads(loaded.stdout) == {
        "practitioners": {"added": 12, "changed": 0, "unchanged": 0, "kept": 0}
    }


async def test_the_order_of_dates_can_be_said(tmp_path: Path) -> None:
    """Where the file leaves it open, the command tells how to say it."""
    file = tmp_path / "official.csv"
    file.write_text("identity_number,nationality,birth_date\n1000000008,SA,11/04/1988\n")

    refused = await mumaris("register", "load", "--official", str(file))

    assert (refused.exit_code, "--day-first" in refused.stderr) == (1, True)


async def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """Exit code 2, with the name of the file."""
    refused = await mumaris("register", "load", "--officers", str(tmp_path / "none.csv"))

    assert refused.exit_code == 2
    assert refused.stderr == f"{tmp_path / 'none.csv'}: No such file or directory\n"


async def test_loading_nothing_is_wrong_usage() -> None:
    """At least one file."""
    assert (await mumaris("register", "load")).exit_code == 2


@pytest.mark.usefixtures("database")
async def test_migrating_again_changes_nothing() -> None:
    """The database is migrated already."""
    migrated = await mumaris("migrate")

    assert (migrated.exit_code, migrated.stdout) == (0, "the tables are up to date\n")
