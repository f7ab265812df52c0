"""Problems and their catalogue."""

import re
from pathlib import Path
from string import Formatter

import pytest

import rules
from rules.findings.catalogue import CATALOGUE
from rules.findings.problems import Problem, Problems, ValueRefused, problem
from rules.values.money import AmountInBoth, Money
from rules.values.sizes import Size, SizeOfFile

ARABIC = re.compile("[\u0621-\u064a]")
FACTS = {
    "character": 0x200B,
    "limit": Size(10),
    "months": 3,
    "age": 65,
    "minimum": 18,
    "maximum": 120,
    "days": 7,
}
#: What the sentences about files speak of beside them.
FILE_FACTS = {"line": 7, "cells": 3, "columns": "email", "place": 4, "places": "4", "choices": "a"}
#: And those about uploads.
UPLOAD_FACTS = {"pages": 41, "limit_pages": 40, "size": SizeOfFile(11)}
#: And those about what other systems send.
API_FACTS = {"difference": AmountInBoth(Money(1, "SAR"))}


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code_has_a_sentence_in_both_languages(code: str) -> None:
    """Arabic in Arabic, English in English, with the same facts, and each ends."""
    arabic, english = CATALOGUE[code]

    assert ARABIC.search(arabic)
    assert not ARABIC.search(english)
    assert fact_names(arabic) == fact_names(english)
    assert fact_names(arabic) <= (FACTS | FILE_FACTS | UPLOAD_FACTS | API_FACTS).keys()
    said = problem(code, "email", **FACTS, **FILE_FACTS, **UPLOAD_FACTS, **API_FACTS)
    assert said.sentence.en[0].isupper()


def test_a_date_in_an_arabic_sentence_keeps_its_order() -> None:
    """After Arabic letters a reader's program would show its day first."""
    arabic = [sentence for sentence, _ in CATALOGUE.values()]
    dates = [
        date for sentence in arabic for date in re.findall(r".[0-9]{4}-[0-9]+-[0-9]+.", sentence)
    ]

    assert dates
    assert all((date[0], date[-1]) == ("\u2066", "\u2069") for date in dates)


def fact_names(template: str) -> set[str]:
    """The facts that a template speaks of."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_every_code_that_a_rule_names_is_in_the_catalogue() -> None:
    """A code with a typing mistake would fail only when someone makes that error."""
    folder = Path(rules.__path__[0])
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))
    named = set(re.findall(r"(?:ValueRefused|problem|problems\.add)\(\s*\"([a-z_]+)\"", source))

    assert named
    assert named <= CATALOGUE.keys()


def test_a_problem_survives_json() -> None:
    """As it is kept on a returned request."""
    found = problem("too_long", "address", limit=300)

    assert Problem.from_json(found.to_json()) == found


def test_the_same_problem_is_noted_once() -> None:
    """Two rules may find the same."""
    problems = Problems()

    problems.add("empty", "email")
    problems.add("empty", "email")

    assert len(problems.found) == 1
    assert problems.fields() == {"email"}


def test_a_refusal_reads_as_its_english_sentence() -> None:
    """One clear line for the command line."""
    assert str(ValueRefused("too_long", limit=5)) == CATALOGUE["too_long"][1].format(limit=5)
