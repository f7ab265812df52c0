"""The policy.toml that ships: it reads, and the tests' own policy has its keys."""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from rules.policy.policy import parse_policy
from support.policies import FROZEN, SHIPPED


def test_the_shipped_policy_reads() -> None:
    """An authority can start with it as it is."""
    parse_policy(SHIPPED.read_text(encoding="utf-8"), filename="policy.toml")


def test_the_tests_stand_on_a_policy_with_the_same_keys() -> None:
    """A key that is added to one is added to the other; the numbers may differ."""
    shipped, frozen = (
        set(_keys(tomllib.loads(file.read_text(encoding="utf-8")))) for file in (SHIPPED, FROZEN)
    )

    assert frozen == shipped


def test_every_number_in_the_file_has_its_source_or_is_assumed() -> None:
    """Numbers that are not ours are settings, and say where they come from (DESIGN.md 14)."""
    tables = SHIPPED.read_text(encoding="utf-8").split("\n[")
    unexplained = [table.splitlines()[0] for table in tables if "=" in table and not says(table)]

    assert unexplained == []


def says(table: str) -> bool:
    """Whether a table's comments name a source or the word."""
    comments = " ".join(line.partition("#")[2] for line in table.splitlines())
    return "assumed" in comments or "[article]" in comments


def _keys(table: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for name, value in table.items():
        yield above + name
        if isinstance(value, Mapping):
            yield from _keys(value, f"{above}{name}.")
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, Mapping):
                    yield from _keys(each, f"{above}{name}[].")
