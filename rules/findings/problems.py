"""What is wrong with a submission, said once for programs and twice for people."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from rules.errors import Refused
from rules.findings.both_languages import InBoth
from rules.findings.catalogue import CATALOGUE

T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One thing to put right: a code, the field, and a sentence in each language.

    ``field`` is a `rules.register.fields.Field`, a member of the submission such as ``documents``,
    or a path into it such as ``certificates[0].title``. What the person typed is never quoted: it
    may be hostile, and it is personal.
    """

    code: str
    field: str
    sentence: InBoth

    def to_json(self) -> dict[str, str]:
        """The problem as a JSON object."""
        return {
            "code": self.code,
            "field": str(self.field),
            "sentence_ar": self.sentence.ar,
            "sentence_en": self.sentence.en,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The problem that `to_json` wrote."""
        said = InBoth(stored["sentence_ar"], stored["sentence_en"])
        return cls(stored["code"], stored["field"], said)


class ValueRefused(Refused):
    """A rule does not accept one value; the code says which rule, the facts are the rule's own."""

    def __init__(self, code: str, **facts: int | str) -> None:
        super().__init__(CATALOGUE[code][1].format(**facts))
        self.code = code
        self.facts = facts

    def about(self, field: str) -> Problem:
        """The refusal as a problem of this field."""
        return problem(self.code, field, **self.facts)


def problem(code: str, field: str, **facts: int | str) -> Problem:
    """The catalogue's problem with this code, about this field; ``facts`` as in `sentence_of`."""
    return Problem(code, field, sentence_of(code, **facts))


def sentence_of(code: str, **facts: int | str) -> InBoth:
    """The catalogue's two sentences with this code.

    ``facts`` are numbers and words that the rule knows (a limit, what may be chosen), never what a
    person typed.
    """
    arabic, english = CATALOGUE[code]
    return InBoth(arabic.format(**facts), english.format(**facts))


@dataclass
class Problems:
    """Collects problems, so that a person hears of all of them at once, in the order found."""

    found: list[Problem] = field(default_factory=list)

    def add(self, code: str, about: str, **facts: int | str) -> None:
        """Note one problem; the same one twice is kept once."""
        self._note(problem(code, about, **facts))

    def read(self, about: str, rule: Callable[[], T]) -> T | None:
        """What the rule makes of the value, or None with its refusal noted."""
        try:
            return rule()
        except ValueRefused as refused:
            self._note(refused.about(about))
            return None

    def _note(self, found: Problem) -> None:
        if found not in self.found:
            self.found.append(found)

    def fields(self) -> frozenset[str]:
        """The fields that have a problem."""
        return frozenset(found.field for found in self.found)
