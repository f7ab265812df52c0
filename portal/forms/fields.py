"""A form as a value: which fields a page asks for, and in which boxes they are typed.

``templates/portal/boxes.html`` shows it. Labels are those of `rules.register.fields`; a hint is the
sentence ``hint.<name>`` of the catalogue.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.findings.both_languages import InBoth
from rules.register.fields import label_of
from rules.values.typed_days import BOXES


class BoxKind(StrEnum):
    """How a field is typed."""

    TEXT = "text"
    #: Digits and addresses: they run from left to right on every page.
    NUMBER = "number"
    EMAIL = "email"
    TELEPHONE = "tel"
    #: Three boxes and a choice of calendar.
    DATE = "date"
    CHOICE = "choice"


@dataclass(frozen=True)
class Option:
    """What can be chosen."""

    value: str
    words: InBoth


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One field of a form."""

    name: str
    kind: BoxKind = BoxKind.TEXT
    has_hint: bool = False
    #: What browsers fill in by themselves.
    autocomplete: str = "off"
    #: Said beside the label of what may be left empty.
    optional: bool = False
    #: Made when they are asked for: the names of 240 countries are not needed by every process.
    options: Callable[[], Sequence[Option]] = tuple

    def label(self, language: str) -> str:
        """What people call it."""
        return label_of(self.name, language)

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names under which it is sent."""
        if self.kind is BoxKind.DATE:
            return tuple(f"{self.name}-{box}" for box in BOXES)
        return (self.name,)

    @property
    def anchor(self) -> str:
        """Where a link to its mistake leads."""
        return self.boxes[0]

    @property
    def is_ltr(self) -> bool:
        """Whether it runs from left to right, whatever the page does."""
        return self.kind in {BoxKind.NUMBER, BoxKind.EMAIL, BoxKind.TELEPHONE}


@dataclass(frozen=True)
class Form:
    """The fields of one page, in their order."""

    fields: tuple[FormField, ...]

    @property
    def boxes(self) -> tuple[str, ...]:
        """The names under which all of it is sent."""
        return tuple(box for field in self.fields for box in field.boxes)

    def only(self, names: Sequence[str]) -> "Form":
        """The form of these fields alone."""
        return Form(tuple(field for field in self.fields if field.name in names))


@dataclass(frozen=True, repr=False)
class FilledForm:
    """A form with what stands in its boxes, and what is wrong with that."""

    form: Form
    boxes: Mapping[str, str]
    #: By the field's name, or "" for the form as a whole.
    mistakes: Mapping[str, Sequence[InBoth]]
    #: By the field's name: what to say beside it that is no mistake, such as an officer's words.
    notes: Mapping[str, Sequence[InBoth]]

    def summary(self, language: str) -> list[tuple[str, str]]:
        """The mistakes as the page's head lists them: where each is put right, and its sentence."""
        whole = [("", said.in_(language)) for said in self.mistakes.get("", ())]
        return whole + [
            (field.anchor, f"{field.label(language)}: {said.in_(language)}")
            for field in self.form.fields
            for said in self.mistakes.get(field.name, ())
        ]
