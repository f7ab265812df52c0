"""Every letter by its name, and its facts as they are stored: JSON without the secrets.

A class of facts is named like its folder: ``OldAddressNotice`` is
``templates/emails/old_address_notice/``. A link's token is minted when its letter is composed, and
joins the facts then.
"""

from dataclasses import fields
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mail.facts.account_letters import ACCOUNT_LETTERS
from mail.facts.desk_letters import DESK_LETTERS
from mail.facts.letter import LetterFacts, letter_name
from mail.facts.reminder_letters import REMINDER_LETTERS
from mail.facts.request_letters import REQUEST_LETTERS
from rules.errors import Broken

LETTERS: dict[str, type[LetterFacts]] = (
    REQUEST_LETTERS | ACCOUNT_LETTERS | DESK_LETTERS | REMINDER_LETTERS
)


class LetterUnknown(Broken):
    """No letter has this name."""

    def __init__(self, letter: str) -> None:
        super().__init__(f"no letter is called {letter!r}")


class FactsMalformed(Broken):
    """The stored facts are not those of the letter; names what is wrong, never its value."""

    def __init__(self, letter: str, problems: list[str]) -> None:
        super().__init__(f"these are not the facts of the letter {letter}: {'; '.join(problems)}")
        self.letter = letter
        self.problems = problems


@cache
def secrets_of(letter: str) -> frozenset[str]:
    """The facts that are never stored; raises `LetterUnknown`."""
    return frozenset(f.name for f in fields(_class_of(letter)) if f.metadata.get("secret"))


@cache
def written_late(letter: str) -> frozenset[str]:
    """The facts that are known when the letter is composed, and never stored either."""
    return frozenset(f.name for f in fields(_class_of(letter)) if f.metadata.get("written_late"))


def facts_to_json(facts: LetterFacts) -> dict[str, Any]:
    """The facts as JSON's own types, without the secrets and what is not known yet."""
    letter = letter_name(type(facts))
    stored: dict[str, Any] = _shape(letter).dump_python(facts, mode="json")
    return {
        name: stored[name] for name in stored.keys() - secrets_of(letter) - written_late(letter)
    }


def facts_from_json(letter: str, data: dict[str, Any], **unstored: str | bool) -> LetterFacts:
    """The facts that were stored, with those that never are (`secrets_of`, `written_late`).

    Raises `LetterUnknown`, `FactsMalformed` for a fact that is missing, of another type, or not
    of this letter, and `FactMissing` for an empty one.
    """
    never = secrets_of(letter) | written_late(letter)
    strangers = sorted((data.keys() & never) | (unstored.keys() - never))
    if strangers:
        raise FactsMalformed(letter, [f"{name}: stands in the wrong place" for name in strangers])
    try:
        facts: LetterFacts = _shape(letter).validate_python({**data, **unstored})
    except ValidationError as refused:
        problems = [
            f"{'.'.join(map(str, each['loc']))}: {each['type']}"
            for each in refused.errors(include_input=False, include_url=False)
        ]
        # The cause would print the values, which are personal.
        raise FactsMalformed(letter, problems) from None
    return facts


@cache  # it takes longer to make than to use
def _shape(letter: str) -> TypeAdapter[Any]:
    return TypeAdapter(_class_of(letter))


def _class_of(letter: str) -> type[LetterFacts]:
    if letter not in LETTERS:
        raise LetterUnknown(letter)
    return LETTERS[letter]
