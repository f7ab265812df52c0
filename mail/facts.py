"""What each letter says, as frozen facts: one class per letter, named like its folder.

``OldAddressNotice`` is ``templates/emails/old_address_notice/``. Facts hold personal data and
secrets, so they are not shown by ``repr``. Stored as JSON they do not hold the secrets: a link's
token is minted when its letter is composed, and joins the facts then.

::

    MumarisError
    ├── LetterUnknown    no letter has this name
    ├── FactMissing      a fact that the letter says is empty
    └── FactsMalformed   the stored facts are not those of the letter
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from mail.letter_facts import FactMissing, LetterFacts, letter_name
from mail.reminder_facts import REMINDER_LETTERS
from rules.errors import MumarisError
from rules.requests.statuses import Kind
from rules.values.money import Money

__all__ = ["FactMissing", "LetterFacts", "letter_name"]

_SECRET = {"secret": True}
_MAY_BE_EMPTY = frozenset({"note", "card_validity", "how_to_pay_ar", "how_to_pay_en"})


class LetterUnknown(MumarisError):
    """No letter has this name."""

    def __init__(self, letter: str) -> None:
        super().__init__(f"no letter is called {letter!r}")


class FactsMalformed(MumarisError):
    """The stored facts are not those of the letter; names what is wrong, never its value."""

    def __init__(self, letter: str, problems: list[str]) -> None:
        super().__init__(f"these are not the facts of the letter {letter}: {'; '.join(problems)}")
        self.letter = letter
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What to put right: the field's path (`rules.register.fields.label_of`), and what is wrong."""

    field: str
    sentence_ar: str
    sentence_en: str


@dataclass(frozen=True, kw_only=True)
class FieldLabel:
    """What a changed field is called. Never its value: e-mail is read by others too."""

    ar: str
    en: str


@dataclass(frozen=True, kw_only=True)
class CardValidity:
    """The days from which and until which a card is valid, both included."""

    valid_from: date
    valid_until: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Facts(LetterFacts):
    """What every letter about a request knows."""

    may_be_empty = _MAY_BE_EMPTY

    kind: Kind
    tracking_code: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Received(Facts):
    """The request has reached us."""

    submitted_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Returned(Facts):
    """The applicant is asked to correct and send again, before the due day ends."""

    corrections: tuple[Correction, ...]
    note: str | None
    due_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Rejected(Facts):
    """An officer said no."""

    reason_ar: str
    reason_en: str
    note: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class Activation(Facts):
    """The request is approved; the link brings it into force."""

    reference_number: str
    activation_url: str = field(metadata=_SECRET)
    expires_at: datetime
    changed_fields: tuple[FieldLabel, ...]
    is_reminder: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class PaymentDue(Facts):
    """The request is approved; its bill is to be paid before the due day ends."""

    reference_number: str
    bill_number: str
    amount: Money
    due_on: date
    #: In the authority's words. Empty in an e-mail that was queued before policy had them.
    how_to_pay_ar: str = ""
    how_to_pay_en: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class OldAddressNotice(Facts):
    """To the address on file: another one is about to replace it, and this stops it."""

    reference_number: str
    stop_url: str = field(metadata=_SECRET)
    expires_at: datetime
    #: Whether the link still takes contact details back for some days after the activation.
    can_be_undone: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Activated(Facts):
    """The changes are in force."""

    reference_number: str
    activated_on: date
    changed_fields: tuple[FieldLabel, ...]
    cpd_hours_added: Decimal
    #: For a renewed card alone.
    card_validity: CardValidity | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Withdrawn(Facts):
    """The request was taken back."""

    withdrawn_by: Literal["applicant", "operations", "stop_link"]
    withdrawn_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Undone(Facts):
    """The address before took contact details back; both addresses are told."""

    reference_number: str
    undone_on: date
    changed_fields: tuple[FieldLabel, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class LinkExpired(Facts):
    """The activation link was not used in time; a new one can be had until the day given."""

    reference_number: str
    new_link_url: str = field(metadata=_SECRET)
    close_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Expired(Facts):
    """The request closed by itself."""

    reason: Literal["not_corrected", "not_paid", "not_activated"]
    expired_on: date


LETTERS: dict[str, type[LetterFacts]] = {
    letter_name(facts): facts
    for facts in (
        Received,
        Returned,
        Rejected,
        PaymentDue,
        Activation,
        OldAddressNotice,
        Activated,
        Withdrawn,
        Undone,
        LinkExpired,
        Expired,
    )
}
LETTERS.update(REMINDER_LETTERS)


def secrets_of(letter: str) -> frozenset[str]:
    """The facts that are never stored; raises `LetterUnknown`."""
    return frozenset(f.name for f in fields(_class_of(letter)) if f.metadata.get("secret"))


def facts_to_json(facts: LetterFacts) -> dict[str, Any]:
    """The facts as JSON's own types, without the secrets."""
    stored: dict[str, Any] = TypeAdapter(type(facts)).dump_python(facts, mode="json")
    return {name: stored[name] for name in stored.keys() - secrets_of(letter_name(type(facts)))}


def facts_from_json(letter: str, data: dict[str, Any], **secrets: str) -> LetterFacts:
    """The facts that were stored, with the letter's secrets (`secrets_of`) beside them.

    Raises `LetterUnknown`, `FactsMalformed` for a fact that is missing, of another type, or not
    of this letter, and `FactMissing` for an empty one.
    """
    strangers = sorted((data.keys() & secrets_of(letter)) | (secrets.keys() - secrets_of(letter)))
    if strangers:
        raise FactsMalformed(letter, [f"{name}: stands in the wrong place" for name in strangers])
    try:
        facts: LetterFacts = TypeAdapter(_class_of(letter)).validate_python({**data, **secrets})
    except ValidationError as refused:
        problems = [
            f"{'.'.join(map(str, each['loc']))}: {each['type']}"
            for each in refused.errors(include_input=False, include_url=False)
        ]
        # The cause would print the values, which are personal.
        raise FactsMalformed(letter, problems) from None
    return facts


def _class_of(letter: str) -> type[LetterFacts]:
    if letter not in LETTERS:
        raise LetterUnknown(letter)
    return LETTERS[letter]
