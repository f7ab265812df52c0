"""A policy, a profile on file and a judge of submissions."""

from datetime import date

import pytest

from rules.policy.policy import Policy, parse_policy
from rules.register.profile import ProfileOnFile
from support.judge import Judge
from support.policies import FROZEN


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The tests' own policy."""
    return parse_policy(FROZEN.read_text(encoding="utf-8"), filename="policy.toml")


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
