"""A card, and the activities that count for its renewal, as the rules read them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class CardStatus(StrEnum):
    """Whether the card's holder may practise with it; an expired card is still active."""

    #: In order; its dates say whether it is valid on a day.
    ACTIVE = "active"
    #: Taken out of use for a time by the authority.
    SUSPENDED = "suspended"
    #: Taken away by the authority for good.
    REVOKED = "revoked"


class Category(StrEnum):
    """The rows of the CPD table (DOMAIN.md 1.5 [27])."""

    PHYSICIAN_DENTIST = "physician_dentist"
    PHARMACIST = "pharmacist"
    #: Applied medical, specialist and consultant.
    ALLIED_SPECIALIST = "allied_specialist"
    #: The row's label is lost; that technicians are meant is assumed.
    TECHNICIAN = "technician"
    #: The row's label is lost; nursing by [12][14].
    NURSING = "nursing"
    #: Trainees, health and patient assistants, the exempt technicians, and who does not practise.
    EXEMPT = "exempt"


class ActivityKind(StrEnum):
    """What kind of activity earned the hours; caps differ by kind."""

    CONFERENCE = "conference"
    COURSE = "course"
    WORKSHOP = "workshop"
    ONLINE = "online"
    #: Inside the employer's own institution.
    INTERNAL = "internal"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class CardOnFile:
    """The card in force and what the rules ask about its holder."""

    registration_number: str
    status: CardStatus
    category: Category
    rank: str
    #: ISO 3166 alpha-2
    nationality: str
    #: See `rules.values.identity_number`.
    identity_kind: str
    birth_date: date
    employer: str
    #: The first day of the period in force; in the future where the card was renewed early.
    valid_from: date
    #: The last day on which the card is valid.
    expires_on: date
    #: Whether a renewal other than the one that is being judged is open.
    has_open_renewal: bool


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """CPD hours of one activity."""

    #: The same key is the same activity, which counts once.
    activity_key: str
    kind: ActivityKind
    completed_on: date
    hours: Decimal
