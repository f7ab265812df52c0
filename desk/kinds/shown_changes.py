"""What the activation page shows of what will change, to whoever holds the link."""

from dataclasses import dataclass
from datetime import date

from models.practitioners import Practitioner
from models.requests import Request
from rules.card_renewal.plan import RenewalPlan
from rules.profile_update.normalised import NormalisedUpdate
from rules.register.fields import Field, Group
from rules.requests.statuses import Kind

#: Said as changing, and with no value: who holds the link need not be the practitioner.
_NAMED_ONLY = frozenset({Group.IDENTITY, Group.IDENTITY_NUMBER})
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


def shown_changes(request: Request, practitioner: Practitioner) -> tuple[ShownChange, ...]:
    """What the request will change: no identity data, no street; of a mobile number its end.

    Where the e-mail address changes, the link is in a mailbox that nobody has proved to be the
    practitioner's: then it shows what is to come and nothing of what is on file.
    """
    if request.kind != Kind.PROFILE_UPDATE:
        return _of_renewal(request)
    update = NormalisedUpdate.from_json(request.normalised)
    on_file = practitioner.on_file()
    strange = Field.EMAIL in update.changes
    lines = [
        _line(field, "" if strange else on_file.value(field), value)
        for field, value in update.changes.items()
    ]
    counts = (("certificates", update.certificates), ("experience", update.experience))
    lines += [ShownChange(name, added=len(entries)) for name, entries in counts if entries]
    return tuple(lines)


def _of_renewal(request: Request) -> tuple[ShownChange, ...]:
    plan = RenewalPlan.from_json(request.normalised)
    return (ShownChange("card", day=plan.old_expires_on, added=plan.years),)


def _line(field: Field, before: str, after: str) -> ShownChange:
    if field.group in _NAMED_ONLY or field is Field.ADDRESS:
        return ShownChange(field.value)
    if field is Field.MOBILE:
        ends = (before[-_MOBILE_END:], after[-_MOBILE_END:])
        return ShownChange(field.value, *ends, ends=True)
    if field is Field.EMAIL:
        return ShownChange(field.value, masked_address(before), masked_address(after))
    return ShownChange(field.value, before, after)


def masked_address(address: str) -> str:
    """An e-mail address that its owner knows again and nobody else can write to."""
    local, _, domain = address.rpartition("@")
    return f"{local[0]}•••@{domain}" if local else ""
