"""Judges renewals of a sample card, for tests of the rules."""

from copy import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from rules.card_renewal.submission import CardRenewalSubmission
from rules.card_renewal.validation import RenewalValidation, validate_card_renewal
from rules.policy.policy import Policy
from rules.register.card import ActivityKind, CardOnFile, CardStatus, Category, LedgerEntry
from rules.requests.submitted import Document
from rules.values.document_kind import DocumentKind

#: An invented Saudi nurse's card; it may be renewed from 2025-12-31.
CARD = CardOnFile(
    registration_number="12345678",
    status=CardStatus.ACTIVE,
    category=Category.NURSING,
    rank="specialist",
    nationality="SA",
    identity_kind="national_id",
    birth_date=date(1990, 5, 20),
    employer="مستشفى الواحة",
    valid_from=date(2024, 4, 1),
    expires_on=date(2026, 3, 31),
    has_open_renewal=False,
)
#: Exactly the hours that the sample card needs.
ENOUGH = (
    LedgerEntry(
        activity_key="first-year",
        kind=ActivityKind.OTHER,
        completed_on=date(2024, 10, 1),
        hours=Decimal(15),
    ),
    LedgerEntry(
        activity_key="second-year",
        kind=ActivityKind.OTHER,
        completed_on=date(2025, 10, 1),
        hours=Decimal(15),
    ),
)
LETTER = Document(
    kind=DocumentKind.EMPLOYER_LETTER,
    issuer="مستشفى الواحة",
    issued_on="2026-02-01",
    sha256="ab" * 32,
)


class CardJudge:
    """Submits renewals of the sample card on 2026-03-15 and returns what the rules say."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.today = date(2026, 3, 15)
        self.card = CARD
        self.ledger: tuple[LedgerEntry, ...] = ENOUGH
        #: What is said besides: most who ask leave it out.
        self.besides: dict[str, Any] = {}

    def with_card(self, **members: Any) -> "CardJudge":
        """The same judge of a card with these members changed."""
        judge = copy(self)
        judge.card = replace(self.card, **members)
        return judge

    def document(self, kind: DocumentKind, **members: Any) -> Document:
        """A good document of this kind, with these members changed."""
        return replace(LETTER, kind=kind, **members)

    def says(self, **members: Any) -> RenewalValidation:
        """What the rules say of a good renewal with these members changed."""
        good: dict[str, Any] = {
            "registration_number": "12-345678",
            "documents": (LETTER,),
            "confirmed_by_applicant": True,
            "idempotency_key": "sample-key-1",
        }
        return validate_card_renewal(
            CardRenewalSubmission(**{**good, **members}),
            self.card,
            self.ledger,
            today=self.today,
            policy=self.policy,
            **self.besides,
        )

    def codes(self, **members: Any) -> set[tuple[str, str]]:
        """The problems found, as (field, code)."""
        return {(found.field, found.code) for found in self.says(**members).problems}
