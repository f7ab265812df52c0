"""What the API answers; instants are texts with an offset, days plain dates."""

from typing import TypedDict

from mumaris_client.errors import FoundProblem


class Amount(TypedDict):
    """In the minor unit of its currency: 16000 is 160 riyals."""

    minor: int
    currency: str


class Bill(TypedDict):
    """What a request costs, and whether that is paid."""

    number: str
    amount: Amount
    issued_at: str
    paid_on: str | None


class Happened(TypedDict):
    """One line of what happened to a request."""

    at: str
    what: str
    reason_code: str | None
    round: int


class RequestInShort(TypedDict):
    """Where a request stands."""

    tracking_code: str
    kind: str
    status: str
    status_since: str
    submitted_at: str
    round: int
    reference_number: str | None
    closes_at: str | None


class RequestRead(RequestInShort):
    """A request as its applicant is told of it."""

    problems: list[FoundProblem]
    timeline: list[Happened]
    bill: Bill | None
    is_undelivered: bool


class Changes(TypedDict):
    """A page of requests that changed."""

    requests: list[RequestInShort]
    cursor: str
    more: bool


class Document(TypedDict):
    """How an uploaded document stands."""

    id: str
    kind: str
    state: str
    pages: int | None
    kept_until: str | None
    problems: list[FoundProblem]


class Period(TypedDict):
    """A time for which a card was valid."""

    valid_from: str
    expires_on: str


class Card(TypedDict):
    """A card and the periods that it had."""

    registration_number: str
    status: str
    category: str
    valid_from: str
    expires_on: str
    periods: list[Period]


class CheckedCard(TypedDict):
    """What a card's code says; only a valid card says whose it is."""

    state: str
    name_ar: str | None
    name_en: str | None
    specialty: str | None
    rank: str | None
    valid_until: str | None
    not_valid_since: str | None


class CheckedCards(TypedDict):
    """The answers, in the order of the codes."""

    cards: list[CheckedCard]


class Rule(TypedDict):
    """One rule's answer."""

    rule: str
    holds: bool
    is_condition: bool
    sentence_ar: str
    sentence_en: str


class Eligibility(TypedDict):
    """Whether a card may be renewed on a day."""

    on: str
    may_renew: bool
    rules: list[Rule]


class RowCounts(TypedDict):
    """How many rows of a file have become what."""

    done: int
    accepted: int
    accepted_before: int
    valid: int
    refused: int
    failed: int


class Job(TypedDict):
    """A file of submissions, and how far it is."""

    id: str
    kind: str
    check: bool
    status: str
    made_at: str
    done_at: str | None
    lines: int
    rows: RowCounts


class JobRow(TypedDict):
    """What became of one row."""

    line: int
    outcome: str
    tracking_code: str | None
    problems: list[FoundProblem]


class JobRows(TypedDict):
    """A page of rows."""

    rows: list[JobRow]
    cursor: str
    more: bool
