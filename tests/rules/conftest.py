"""A policy, a profile on file and a submission that every rule accepts."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.documents import DocumentKind
from rules.policy import Policy, parse_policy
from rules.profile import ProfileOnFile
from rules.profile_update import Validation, validate_profile_update
from rules.submission import Document, ProfileChanges, ProfileUpdateSubmission

POLICY_FILE = Path(__file__).parents[2] / "policy.toml"


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


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The policy that the repository ships."""
    return parse_policy(POLICY_FILE.read_text(encoding="utf-8"), filename="policy.toml")


@pytest.fixture(scope="session")
def on_file() -> ProfileOnFile:
    """An invented Saudi nurse."""
    return ProfileOnFile(
        registration_number="12345678",
        first_name_ar="سارة",
        father_name_ar="خالد",
        grandfather_name_ar="سعد",
        family_name_ar="المثال",
        first_name_en="Sarah",
        father_name_en="Khalid",
        grandfather_name_en="Saad",
        family_name_en="Almithal",
        identity_number="1000000008",
        identity_kind="national_id",
        nationality="SA",
        birth_date=date(1990, 5, 20),
        mobile="+966512345678",
        email="sarah@example.com",
        address="الرياض، حي النخيل",
        employer="مستشفى الواحة",
        specialty="Nursing",
        rank="specialist",
    )


@pytest.fixture(scope="session")
def judge(policy: Policy, on_file: ProfileOnFile) -> Judge:
    """Judges changes of the sample profile on 2026-03-15."""
    return Judge(policy, on_file)
