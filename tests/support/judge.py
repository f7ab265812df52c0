"""Judges submissions of a sample profile, for tests of the rules."""

from dataclasses import replace
from datetime import date
from typing import Any

from rules.policy.policy import Policy
from rules.profile_update.submission import ProfileChanges, ProfileUpdateSubmission
from rules.profile_update.validation import Validation, validate_profile_update
from rules.register.profile import ProfileOnFile
from rules.requests.submitted import Document
from rules.values.document_kind import DocumentKind


class Judge:
    """Submits changes of the sample profile on a fixed day and returns what the rules say."""

    def __init__(self, policy: Policy, on_file: ProfileOnFile) -> None:
        self.policy = policy
        self.on_file = on_file
        self.today = date(2026, 3, 15)
        self.letter = Document(
            kind=DocumentKind.EMPLOYER_LETTER,
            issuer="مستشفى الواحة",
            issued_on="2026-02-01",
            sha256="ab" * 32,
        )

    def document(self, kind: DocumentKind, **members: Any) -> Document:
        """A good document of this kind, with these members changed."""
        return replace(self.letter, kind=kind, **members)

    def submission(
        self, changes: dict[str, str] | None = None, **members: Any
    ) -> ProfileUpdateSubmission:
        """A good submission with these changes and members."""
        good: dict[str, Any] = {
            "registration_number": "12-345678",
            "documents": (self.letter,),
            "confirmed_by_applicant": True,
            "idempotency_key": "sample-key-1",
        }
        return ProfileUpdateSubmission(
            changes=ProfileChanges(**(changes or {})), **{**good, **members}
        )

    def says(self, changes: dict[str, str] | None = None, **members: Any) -> Validation:
        """What the rules say of a submission with these changes and members."""
        return validate_profile_update(
            self.submission(changes, **members),
            self.on_file,
            today=self.today,
            policy=self.policy,
        )

    def codes(self, changes: dict[str, str] | None = None, **members: Any) -> set[tuple[str, str]]:
        """The problems found, as (field, code)."""
        return {(found.field, found.code) for found in self.says(changes, **members).problems}
