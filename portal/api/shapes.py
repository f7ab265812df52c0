"""What is answered, as types: the document of the API is made of them."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from desk.cases.own import MyRequest
from desk.cases.payments import BillState
from desk.cases.standing import Standing
from desk.cases.standing import standing_of as standing_of_request
from desk.documents.standing import DocumentStanding
from desk.register.card_checks import CheckedCard, CheckedState
from desk.register.cards import CardFile
from desk.requests.timeline import TimelineEntry
from rules.card_renewal.eligibility import EligibilityLine, may_renew
from rules.documents.states import DocumentState
from rules.findings.problems import Problem
from rules.register.card import CardStatus, Category
from rules.requests.events import EventName
from rules.requests.statuses import Kind, Status
from rules.values.document_kind import DocumentKind
from rules.values.money import Money


class Shape(BaseModel):
    """What all answers share: nothing is in them that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FoundProblem(Shape):
    """One thing to put right."""

    code: str
    field: str
    sentence_ar: str
    sentence_en: str

    @classmethod
    def of(cls, found: Problem) -> Self:
        """As it is kept."""
        return cls(**found.to_json())


class Amount(Shape):
    """An amount of money in the minor unit of its currency: 16000 is 160 riyals."""

    minor: int = Field(ge=0)
    currency: str

    @classmethod
    def of(cls, money: Money) -> Self:
        """This amount."""
        return cls(minor=money.minor, currency=money.currency)


class BillRead(Shape):
    """What a request costs, and whether that is paid."""

    number: str
    amount: Amount
    issued_at: datetime
    paid_on: date | None

    @classmethod
    def of(cls, bill: BillState) -> Self:
        """As it stands."""
        return cls(
            number=bill.number,
            amount=Amount.of(bill.amount),
            issued_at=bill.issued_at,
            paid_on=bill.paid_on,
        )


class Happened(Shape):
    """One line of what happened to a request; nobody is named."""

    at: datetime
    what: EventName
    reason_code: str | None
    round: int

    @classmethod
    def of(cls, entry: TimelineEntry) -> Self:
        """This line."""
        return cls(at=entry.at, what=entry.event, reason_code=entry.reason_code, round=entry.round)


class RequestInShort(Shape):
    """Where a request stands."""

    tracking_code: str
    kind: Kind
    status: Status
    status_since: datetime
    submitted_at: datetime
    round: int
    #: None until the request is approved.
    reference_number: str | None
    #: When it expires, where it waits for its applicant: for a correction, a payment, the link.
    closes_at: datetime | None

    @classmethod
    def of(cls, found: Standing) -> Self:
        """As it stands."""
        return cls(
            tracking_code=found.tracking_code,
            kind=found.kind,
            status=found.status,
            status_since=found.status_since,
            submitted_at=found.submitted_at,
            round=found.round,
            reference_number=found.reference_number,
            closes_at=found.closes_at,
        )


class RequestRead(RequestInShort):
    """A request as its applicant is told of it."""

    #: What is to be corrected, while the request is returned.
    problems: tuple[FoundProblem, ...]
    timeline: tuple[Happened, ...]
    bill: BillRead | None
    #: Whether the last e-mail about it did not arrive.
    is_undelivered: bool

    @classmethod
    def of_own(cls, found: MyRequest) -> Self:
        """As it stands."""
        row = found.tracked.request
        short = RequestInShort.of(standing_of_request(row))
        is_returned = row.status == Status.RETURNED
        corrections = map(Problem.from_json, row.corrections if is_returned else ())
        return cls(
            **short.model_dump(),
            problems=tuple(map(FoundProblem.of, corrections)),
            timeline=tuple(map(Happened.of, found.happened)),
            bill=None if found.bill is None else BillRead.of(found.bill),
            is_undelivered=found.tracked.is_undelivered,
        )


class ChangedRequests(Shape):
    """A page of requests that changed, the earliest change first."""

    requests: tuple[RequestInShort, ...]
    #: What the next page, or the next look, is asked for by.
    cursor: str
    #: Whether there may be more at once.
    more: bool


class DocumentShown(Shape):
    """How an uploaded document stands."""

    id: str
    kind: DocumentKind
    state: DocumentState
    pages: int | None
    kept_until: datetime | None
    problems: tuple[FoundProblem, ...]

    @classmethod
    def of(cls, found: DocumentStanding) -> Self:
        """As it stands."""
        return cls(
            id=found.id,
            kind=found.kind,
            state=found.state,
            pages=found.pages,
            kept_until=found.kept_until,
            problems=tuple(map(FoundProblem.of, found.problems)),
        )


class CardPeriodShown(Shape):
    """A time for which a card was valid."""

    valid_from: date
    expires_on: date


class CardRead(Shape):
    """A card and the periods that it had."""

    registration_number: str
    status: CardStatus
    category: Category
    valid_from: date
    expires_on: date
    periods: tuple[CardPeriodShown, ...]

    @classmethod
    def of(cls, found: CardFile) -> Self:
        """As it stands."""
        return cls(
            registration_number=found.registration_number,
            status=found.card.status,
            category=found.card.category,
            valid_from=found.card.valid_from,
            expires_on=found.card.expires_on,
            periods=tuple(
                CardPeriodShown(valid_from=one.valid_from, expires_on=one.expires_on)
                for one in found.periods
            ),
        )


class CheckedCardShown(Shape):
    """What a card's code says; only a valid card says whose it is."""

    state: CheckedState
    name_ar: str | None
    name_en: str | None
    specialty: str | None
    rank: str | None
    valid_until: date | None
    #: Where the card has run out.
    not_valid_since: date | None

    @classmethod
    def of(cls, found: CheckedCard) -> Self:
        """As it stands."""
        return cls(
            state=found.state,
            name_ar=found.name_ar,
            name_en=found.name_en,
            specialty=found.specialty,
            rank=found.rank,
            valid_until=found.valid_until,
            not_valid_since=found.not_valid_since,
        )


class CheckedCards(Shape):
    """The answers, in the order of the codes."""

    cards: tuple[CheckedCardShown, ...]


class EligibilityRule(Shape):
    """One rule's answer."""

    rule: str
    holds: bool
    #: Whether the card cannot be renewed while it does not hold.
    is_condition: bool
    sentence_ar: str
    sentence_en: str

    @classmethod
    def of(cls, line: EligibilityLine) -> Self:
        """This line."""
        return cls(
            rule=line.rule,
            holds=line.holds,
            is_condition=line.is_condition,
            sentence_ar=line.sentence.ar,
            sentence_en=line.sentence.en,
        )


class Eligibility(Shape):
    """Whether a card may be renewed on a day."""

    on: date
    may_renew: bool
    rules: tuple[EligibilityRule, ...]

    @classmethod
    def of(cls, lines: tuple[EligibilityLine, ...], on: date) -> Self:
        """These lines."""
        return cls(on=on, may_renew=may_renew(lines), rules=tuple(map(EligibilityRule.of, lines)))


class StatusAfter(Shape):
    """Where a request stands after an officer's decision."""

    status: Status


class ProblemAnswer(BaseModel):
    """Why something was not done (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: str
    #: The sentence in English, and in Arabic.
    title: str
    title_ar: str
    status: int
    code: str
    #: Each thing to put right, where there are several or a field is to blame.
    problems: tuple[FoundProblem, ...]
    #: A number to quote to operations, where the fault is ours.
    error_id: str | None = None
