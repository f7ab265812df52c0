"""What the activation page shows of what will change, to whoever holds the link."""

from dataclasses import dataclass
from datetime import date

from rules.register.fields import NAMES, Field

#: Shown as they are. Any other field is said as changing, with no value: who holds the link need
#: not be the practitioner.
_SHOWN = frozenset({*NAMES, Field.EMPLOYER, Field.SPECIALTY, Field.RANK})
_MOBILE_END = 3


@dataclass(frozen=True, repr=False)
class ShownChange:
    """One line: what changes, from what, to what. A value that is not shown is empty."""

    #: A field's path, for its label.
    field: str
    before: str = ""
    after: str = ""
    #: How many are added, where the line is about entries and not about a value.
    added: int = 0
    #: Whether the values are the ends of numbers.
    ends: bool = False
    #: The last day of the card's present validity.
    day: date | None = None


def field_change(field: Field, before: str, after: str) -> ShownChange:
    """A field's line, with no more of its values than a stranger may see."""
    if field is Field.MOBILE:
        ends = (before[-_MOBILE_END:], after[-_MOBILE_END:])
        return ShownChange(field.value, *ends, ends=True)
    if field is Field.EMAIL:
        return ShownChange(field.value, masked_email(before), masked_email(after))
    if field in _SHOWN:
        return ShownChange(field.value, before, after)
    return ShownChange(field.value)


def masked_email(email: str) -> str:
    """An e-mail address that its owner knows again and nobody else can write to."""
    local, _, domain = email.rpartition("@")
    return f"{local[0]}•••@{domain}" if local else ""
