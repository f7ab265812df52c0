"""What every letter knows, whatever it is about."""

import re
from dataclasses import dataclass, fields
from typing import ClassVar

from pydantic import ConfigDict

from mail.facts.pages import HOME
from mail.wording.languages import Language
from rules.errors import Broken

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


class FactMissing(Broken):
    """A fact that the letter says is empty, or a link is not one; names the fact only."""

    def __init__(self, letter: str, fact: str) -> None:
        super().__init__(f"the letter {letter} cannot be written without {fact}")
        self.letter = letter
        self.fact = fact


@dataclass(frozen=True, kw_only=True, repr=False)
class LetterFacts:
    """To whom a letter goes, and in which language first.

    Raises `FactMissing` for a fact that is None or an empty text, and for a link that is none.
    """

    __pydantic_config__: ClassVar[ConfigDict] = {"extra": "forbid"}
    #: Facts that the letter can do without.
    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    applicant_name_ar: str
    applicant_name_en: str
    #: The one the applicant prefers; it stands first, and names the subject.
    language: Language

    @property
    def page(self) -> str:
        """The path of the portal's page to which the letter leads, beside its secret links."""
        return HOME

    def __post_init__(self) -> None:
        """Refuse what would leave an empty place or a dead button in the letter."""
        for each in fields(self):
            value = getattr(self, each.name)
            empty = value is None or (isinstance(value, str) and not value.strip())
            if empty:
                refused = each.name not in self.may_be_empty
            else:
                refused = each.name.endswith("_url") and not _WEB_ADDRESS.fullmatch(value)
            if refused:
                raise FactMissing(letter_name(type(self)), each.name)


def letter_name(facts: type[LetterFacts]) -> str:
    """The letter's name, which is its folder: ``old_address_notice``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", facts.__name__).lower()
