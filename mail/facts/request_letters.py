"""What each letter about a request says, as frozen facts.

Facts hold personal data and secrets, so they are not shown by ``repr``.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from mail.facts.letter import LetterFacts, letter_name
from mail.facts.pages import BEGINS_AT, CARD, page_of
from rules.findings.both_languages import InBoth
from rules.requests.statuses import Kind, Status
from rules.values.money import Money

_SECRET = {"secret": True}
_MAY_BE_EMPTY = frozenset(
    {"note", "card_validity", "registration_number", "how_to_pay_ar", "how_to_pay_en"}
)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What to put right: the field's path (`rules.register.fields.label_of`), and what is wrong."""

    field: str
    sentence_ar: str
    sentence_en: str


@dataclass(frozen=True, kw_only=True)
class CardValidity:
    """The days from which and until which a card is valid, both included."""

    valid_from: date
    valid_until: date


@dataclass(frozen=True, kw_only=True, repr=False)
class RequestFacts(LetterFacts):
    """What every letter about a request knows."""

    may_be_empty = _MAY_BE_EMPTY

    kind: Kind
    tracking_code: str

    @property
    def page(self) -> str:
        """Where the request stands, and what can be done with it."""
        return page_of(self.kind, self.tracking_code)


@dataclass(frozen=True, kw_only=True, repr=False)
class Received(RequestFacts):
    """The request has reached us."""

    submitted_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Returned(RequestFacts):
    """The applicant is asked to correct and send again, before the due day ends."""

    corrections: tuple[Correction, ...]
    note: str | None
    due_on: date

    @property
    def page(self) -> str:
        """Where it is corrected."""
        return page_of(self.kind, self.tracking_code, Status.RETURNED)


@dataclass(frozen=True, kw_only=True, repr=False)
class Rejected(RequestFacts):
    """An officer said no."""

    reason_ar: str
    reason_en: str
    note: str | None

    @property
    def page(self) -> str:
        """Where a new request is made."""
        return BEGINS_AT[self.kind]


@dataclass(frozen=True, kw_only=True, repr=False)
class Activation(RequestFacts):
    """The request is approved; the link brings it into force."""

    reference_number: str
    activation_url: str = field(metadata=_SECRET)
    expires_at: datetime
    changed_fields: tuple[InBoth, ...]
    is_reminder: bool


@dataclass(frozen=True, kw_only=True, repr=False)
class PaymentDue(RequestFacts):
    """The request is approved; its bill is to be paid before the due day ends."""

    reference_number: str
    bill_number: str
    amount: Money
    due_on: date
    #: In the authority's words. Empty in an e-mail that was queued before policy had them.
    how_to_pay_ar: str = ""
    how_to_pay_en: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class OldAddressNotice(RequestFacts):
    """To the address on file: another one is about to replace it, and this stops it."""

    reference_number: str
    stop_url: str = field(metadata=_SECRET)
    expires_at: datetime
    #: Whether the link still takes contact details back for some days after the activation.
    can_be_undone: bool = False


@dataclass(frozen=True, kw_only=True, repr=False)
class Activated(RequestFacts):
    """The changes are in force."""

    reference_number: str
    activated_on: date
    changed_fields: tuple[InBoth, ...]
    cpd_hours_added: Decimal
    #: For a renewed card, and for the first one.
    card_validity: CardValidity | None = None
    #: As the card prints it; for a registration alone.
    registration_number: str | None = None
    #: Whether the card's PDF travels with it.
    card_attached: bool = field(default=False, metadata={"written_late": True})

    @property
    def page(self) -> str:
        """What is in force now, where there is a page of it."""
        return CARD if self.card_validity else super().page


@dataclass(frozen=True, kw_only=True, repr=False)
class Withdrawn(RequestFacts):
    """The request was taken back."""

    withdrawn_by: Literal["applicant", "operations", "stop_link"]
    withdrawn_on: date

    @property
    def page(self) -> str:
        """Where a new request is made."""
        return BEGINS_AT[self.kind]


@dataclass(frozen=True, kw_only=True, repr=False)
class Undone(RequestFacts):
    """The address before took contact details back; both addresses are told."""

    reference_number: str
    undone_on: date
    changed_fields: tuple[InBoth, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class LinkExpired(RequestFacts):
    """The activation link was not used in time; a new one can be had until the day given."""

    reference_number: str
    new_link_url: str = field(metadata=_SECRET)
    close_on: date


@dataclass(frozen=True, kw_only=True, repr=False)
class Expired(RequestFacts):
    """The request closed by itself."""

    reason: Literal["not_corrected", "not_paid", "not_activated"]
    expired_on: date

    @property
    def page(self) -> str:
        """Where a new request is made."""
        return BEGINS_AT[self.kind]


#: By its name, which is its folder's.
REQUEST_LETTERS: dict[str, type[LetterFacts]] = {
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
