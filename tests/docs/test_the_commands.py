"""Every command that a page names is one, with options that it has."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from cli.main import app

#: What may stand before the command on a line of code.
_BEFORE = r"^ *(?:with-settings |\./|docker compose .* run --rm portal )?"


def typed(text: str) -> Iterator[list[str]]:
    """What stands behind ``mumaris`` in each command of a page, word by word."""
    lines = re.findall(r"`(?:\./)?mumaris ([^`\n]+)`", text)
    joined = re.sub(r"\\\n\s*", "", text)
    lines += re.findall(rf"{_BEFORE}mumaris ([a-z-].*)$", joined, re.MULTILINE)
    for line in lines:
        yield shlex.split(line.partition(" | ")[0], comments=True)


def wrong_in(words: list[str], command: Any) -> str:
    """What of these words the command does not know; nothing where it knows all."""
    left = list(words)
    while left and hasattr(command, "commands"):
        if left[0].startswith("-") or not left[0][0].islower():
            break  # an option of `mumaris` itself, or a word in the place of a command
        if left[0] not in command.commands:
            return left[0]
        command = command.commands[left.pop(0)]
    options = {opt for each in command.params for opt in (*each.opts, *each.secondary_opts)}
    asked = {word.partition("=")[0] for word in left if re.match(r"--[a-z]", word)}
    return " ".join(sorted(asked - options - {"--help", "--version", "--install-completion"}))


def test_every_command_of_every_page_is_one(website: ModuleType, repository: Path) -> None:
    """But for decisions, which tell of their day."""
    group = typer.main.get_command(app)
    pages = [page for page in website.written() if "/decisions/" not in page]

    named = [
        (page, words)
        for page in pages
        for words in typed((repository / page).read_text(encoding="utf-8"))
    ]

    assert len(named) > 80
    wrong = [(page, words) for page, words in named if wrong_in(words, group)]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("`mumaris card gone`", "gone"),
        ("    ./mumaris card show 20-150010 --nothing", "--nothing"),
        ("with-settings mumaris doctor --fix  # mends", ""),
        ("`mumaris COMMAND --help`", ""),
    ],
)
def test_a_command_that_has_gone_is_found(line: str, wrong: str) -> None:
    """In a sentence as on a line of its own."""
    (words,) = typed(line)

    assert wrong_in(words, typer.main.get_command(app)) == wrong
