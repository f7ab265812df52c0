"""The reference names everything that its sources have."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer
from sqlmodel import SQLModel

import models.tables  # noqa: F401 - it names every table
from cli.main import app
from rules.findings.catalogue import CATALOGUE
from rules.requests.events import EventName
from rules.requests.transitions import TRANSITIONS


@pytest.fixture(scope="module")
def pages(reference: ModuleType) -> dict[str, str]:
    """Every page by its name."""
    drawn: dict[str, str] = reference.pages()
    return drawn


def sections(page: str) -> dict[str, str]:
    """What stands under each heading; where one is repeated, under all of them."""
    parts = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    found: dict[str, str] = {}
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        found[heading] = found.get(heading, "") + text
    return found


def leaves(group: Any, *words: str) -> Iterator[tuple[str, ...]]:
    """What is typed for each command."""
    for word, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, *words, word)
        elif not command.hidden:
            yield (*words, word)


def test_every_command_is_in_it_with_every_option(pages: dict[str, str]) -> None:
    """Read from the command itself."""
    group = typer.main.get_command(app)
    page = pages["command-line"]

    missing = [each for each in leaves(group) if f"\n## mumaris {' '.join(each)}\n" not in page]

    assert missing == []
    assert "`--attach`" in page


def test_every_public_name_is_in_it(reference: ModuleType, pages: dict[str, str]) -> None:
    """What `__all__` of a flow or of the API's client names."""
    import reference_calls  # noqa: PLC0415 - the fixture lets it be found

    modules = reference_calls.python_modules()
    names = [f"{module.__name__}.{name}" for module in modules for name in module.__all__]

    assert [name for name in names if f"\n### {name}\n" not in pages["python-api"]] == []
    assert {"flows.profile_update.submit", "mumaris_client.Mumaris"} <= set(names)


def test_every_operation_of_the_api_is_in_it(repository: Path, pages: dict[str, str]) -> None:
    """What openapi.json describes."""
    paths = json.loads((repository / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    named = [f"## {method.upper()} {path}\n" for path, each in paths.items() for method in each]

    assert named
    assert [each for each in named if each not in pages["http-api"]] == []


def test_every_event_that_is_emitted_is_in_it(repository: Path, pages: dict[str, str]) -> None:
    """Those of requests by their names; the others as the code calls them."""
    emitted = {
        event
        for folder in ("flows", "tasks", "worker")
        for file in (repository / folder).rglob("*.py")
        for event in re.findall(r'event=f?"(mumaris\.[^"]+)"', file.read_text(encoding="utf-8"))
    }

    assert emitted == {
        "mumaris.mail.{what}",
        "mumaris.request.{event.what}",
        "mumaris.request.{what}",
    }, "an event of a new sort: name it in docs/reference.py"
    named = [f"`mumaris.request.{name}`" for name in (*EventName, "set_aside", "goes_on")]
    assert [each for each in named if each not in pages["events"]] == []


def test_every_tag_of_a_run_is_in_it(repository: Path, reference: ModuleType) -> None:
    """What `tasks.runs` writes on runs."""
    code = "".join(
        file.read_text(encoding="utf-8") for file in (repository / "tasks" / "runs").rglob("*.py")
    )
    constants = set(re.findall(r'^\w*TAG = "([^"]+)"', code, re.MULTILINE))
    literal = set(re.findall(r'tags\.append\("([^"]+)"\)', code))

    assert constants
    assert literal
    assert constants | literal <= set(reference.TAGS)


def test_every_setting_is_in_it(reference: ModuleType, pages: dict[str, str]) -> None:
    """What the classes of settings read."""
    named = [name for each in reference.SETTINGS for name in reference.names_of(each)]

    assert [name for name in named if f"`{name}`" not in pages["settings"]] == []
    assert "MUMARIS_METRICS_TOKEN" in named


#: The tables that policy.toml begins on a line of their own; others are values.
TABLES = {
    line.strip("[]")
    for line in (Path(__file__).parents[2] / "policy.toml").read_text("utf-8").splitlines()
    if line.startswith("[")
}


def keys_of(table: Mapping[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Each key, with the table that it stands in."""
    for key, value in table.items():
        if ".".join([*above, key]) in TABLES:
            for each in value if isinstance(value, list) else [value]:
                yield from keys_of(each, *above, key)
        else:
            yield ".".join(above), key


def test_every_policy_key_is_in_it_with_its_value(repository: Path, pages: dict[str, str]) -> None:
    """As policy.toml writes it."""
    policy = tomllib.loads((repository / "policy.toml").read_text(encoding="utf-8"))
    tables = sections(pages["policy"])

    found = list(keys_of(policy))

    assert len(found) > 100
    assert [each for each in found if f"| `{each[1]}` | `" not in tables.get(each[0], "")] == []


def test_every_column_of_every_table_is_in_it(pages: dict[str, str]) -> None:
    """What SQLModel knows."""
    drawn = sections(pages["tables"])

    missing = [
        (name, column.name)
        for name, table in SQLModel.metadata.tables.items()
        for column in table.columns
        if f"| `{column.name}` |" not in drawn.get(name, "")
    ]

    assert missing == []


def test_every_change_of_status_and_every_code_is_in_it(pages: dict[str, str]) -> None:
    """The transition table, and the catalogue of problems."""
    changes = [f"| `{from_}` | `{to}` |" for from_, to in TRANSITIONS]

    assert [each for each in changes if each not in pages["statuses"]] == []
    assert [code for code in CATALOGUE if f"| `{code}` |" not in pages["problems"]] == []


def test_the_columns_of_files_are_those_of_the_examples(
    repository: Path, pages: dict[str, str]
) -> None:
    """The register's files that we ship are read by their first line."""
    examples = {"register": "practitioners", "officers": "officers", "official_records": "official"}
    drawn = sections(pages["csv-files"])
    for file, option in examples.items():
        heading = (repository / "examples" / f"{file}.csv").read_text("utf-8-sig").splitlines()[0]
        missing = [
            name
            for name in heading.split(",")
            if f"| `{name}` |" not in drawn[f"register load --{option}"]
        ]
        assert missing == [], file


def test_the_kinds_that_no_csv_file_holds_are_named(pages: dict[str, str]) -> None:
    """Beside the columns of the one that it holds, with what to send instead."""
    said = sections(pages["csv-files"])["request submit-file"]

    assert "(`card_renewal`, `registration`)" in said
    assert "`.jsonl`" in said
