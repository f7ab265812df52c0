"""Every place that a kind of request must name itself is found, in code and in what people read."""

import ast
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.web.sentences import sentences
from rules.policy.policy import BulkApprovalPolicy
from rules.requests.statuses import Kind

ROOT = Path(__file__).resolve().parents[2]
#: Where nothing is carried, or what stands is how it was on one day.
APART = frozenset({"tests", "migrations"})
#: What is one kind's own, by how the file or its folder is called.
OWN = re.compile(r"(^|/)(profile_update|card_renewal|registration)(/|\.py|_)")
#: Who names a kind and not every one, and why one that is added is not missed there.
SOME = {
    "benchmarks/desk_queue.py": "the gate is the same for every kind",
    "benchmarks/letter_register.py": "e-mails are the same for every kind",
    "benchmarks/page_register.py": "pages are the same for every kind",
    "benchmarks/whole_pipeline/desk_rates.py": "what is compared is engines",
    "benchmarks/whole_pipeline/lone_calls.py": "what is compared is engines",
    "benchmarks/whole_pipeline/on_dbos/__init__.py": "what is compared is engines",
    "benchmarks/whole_pipeline/singles.py": "what is compared is engines",
    "benchmarks/whole_pipeline/whole_file.py": "what is compared is engines",
    "cli/commands/requests.py": "the default of --kind",
    "cli/demo/handing_in.py": "the pages that are typed on; each story says which",
    "cli/demo/stage.py": "the kind of most stories",
    "cli/demo/stories.py": "each story says its kind",
    "cli/demo/waits.py": "each story says its kind",
    "desk/cases/alike.py": "who is registered may be somebody who is there",
    "desk/comparing/cards.py": "a card is renewed",
    "desk/drafts/renewal.py": "its own",
    "desk/drafts/update.py": "its own",
    "desk/register/cards.py": "a card is renewed",
    "desk/requests/submission_files.py": "which kinds fit into rows",
    "mail/facts/reminder_letters.py": "a card is renewed",
    "models/likenesses.py": "who is registered may be somebody who is there",
    "models/reminders/people.py": "who renews or updates is not reminded of it",
    "mumaris_client/client.py": "the default of a file's kind",
    "portal/api/examples.py": "examples; test_document.py asks for every operation's",
    "portal/api/jobs.py": "the default of a file's kind",
    "portal/api/operations.py": "the default of a file's kind",
    "portal/api/requests.py": "which kinds other systems hand in",
    "rules/requests/statuses.py": "of whom a practitioner is named; test_registry.py compares",
}


def kinds_named(source: str) -> set[str]:
    """The kinds that code names: as ``Kind.X``, or by their values where these are whole texts."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(value=ast.Name(id="Kind"), attr=name) if name in Kind.__members__:
                found.add(name)
            case ast.Constant(value=str(text)):
                # "registration" alone is a word, too; what it names is seen beside the others'.
                found |= {
                    kind.name
                    for kind in Kind
                    if f"'{kind}'" in text or (text == kind and "_" in kind)
                }
    return found


def files_that_name_a_kind() -> dict[str, set[str]]:
    folders = [
        path
        for path in ROOT.iterdir()
        if (path / "__init__.py").exists() and path.name not in APART
    ]
    found = {
        str(file.relative_to(ROOT)): kinds_named(file.read_text(encoding="utf-8"))
        for folder in folders
        for file in sorted(folder.rglob("*.py"))
    }
    return {file: named for file, named in found.items() if named and not OWN.search(file)}


NAMING = files_that_name_a_kind()


@pytest.mark.parametrize("file", sorted(NAMING.keys() - SOME.keys()))
def test_who_names_one_kind_names_every_kind(file: str) -> None:
    """A table of kinds that lacks one fails on the day that somebody asks for it."""
    assert set(Kind.__members__) - NAMING[file] == set()


@pytest.mark.parametrize("file", sorted(SOME))
def test_who_is_let_off_names_some(file: str) -> None:
    """The list shrinks with the code."""
    assert NAMING.get(file)


def _says(text: str, kind: Kind) -> bool:
    return kind.words.en in text.lower()


def _file(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _deployments() -> set[str]:
    wanted: list[dict[str, Any]] = yaml.safe_load(_file("prefect.yaml"))["deployments"]
    return {each["name"] for each in wanted}


def _policy(name: str) -> Mapping[str, Any]:
    policy = tomllib.loads(_file(name))
    said: Mapping[str, Any] = policy["review"]["bulk_approval"]
    return said


def _opening(name: str) -> str:
    return _file(name).partition("\n## ")[0]


def _pipelines() -> str:
    return _file("docs/DESIGN.md").partition("pipelines\n")[2].partition("- **Reminders**")[0]


#: Where a kind stands in a text or a file that no type checker reads.
PLACES: Mapping[str, Callable[[Kind], bool]] = {
    "prefect.yaml, alone": lambda kind: kind.flow in _deployments(),
    "prefect.yaml, its wave": lambda kind: f"{kind.flow}-wave" in _deployments(),
    "policy.toml, review.bulk_approval": lambda kind: kind in _policy("policy.toml"),
    "tests/support/policy.toml": lambda kind: kind in _policy("tests/support/policy.toml"),
    "BulkApprovalPolicy": lambda kind: kind in {each.name for each in fields(BulkApprovalPolicy)},
    "its class in desk/kinds": lambda kind: (ROOT / f"desk/kinds/{kind}.py").exists(),
    "its flow in flows": lambda kind: (ROOT / f"flows/{kind}.py").exists(),
    "its rules in rules": lambda kind: (ROOT / f"rules/{kind}/validation.py").exists(),
    "desk.kind": lambda kind: f"desk.kind.{kind}" in sentences(),
    "operations.kind": lambda kind: f"operations.kind.{kind}" in sentences(),
    "home.lead, English": lambda kind: _says(sentences()["home.lead"]["en"], kind),
    "home.lead, Arabic": lambda kind: kind.words.ar in sentences()["home.lead"]["ar"],
    "the README's first words": lambda kind: _says(_opening("README.md"), kind),
    "docs/DESIGN.md, the pipelines": lambda kind: _says(_pipelines(), kind),
    "pyproject.toml": lambda kind: _says(_file("pyproject.toml").partition("readme")[0], kind),
    "zensical.toml": lambda kind: _says(_file("zensical.toml"), kind),
    "the command's help": lambda kind: _says(_file("cli/main.py"), kind),
}


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("place", PLACES)
def test_a_kind_names_itself(place: str, kind: Kind) -> None:
    """What forgets it is untrue from the day that it can be asked for."""
    assert PLACES[place](kind)


@pytest.mark.parametrize("place", PLACES)
def test_a_kind_that_is_not_there_is_missed(place: str) -> None:
    """Each place is looked at: a kind that nobody has written is in none of them."""
    assert not PLACES[place](_kind_more())


def _kind_more() -> Kind:
    """A member that `Kind` does not have."""
    said = ("appeal", "MAP", "5", "تظلمك", "appeal")
    kind = str.__new__(Kind, said[0])
    kind._name_, kind._value_ = "APPEAL", said[0]
    Kind.__init__(kind, *said)
    return kind
