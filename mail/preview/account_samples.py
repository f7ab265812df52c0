"""Invented facts of the e-mails about accounts."""

from collections.abc import Iterator
from datetime import datetime

from mail.facts.account_letters import (
    AccountChanged,
    AddressChanged,
    FirstSignIn,
    NewAddressCode,
    NewDevice,
    PasswordChanged,
    PasswordReset,
    RecoveryCodeUsed,
    RegistrationCode,
)
from mail.facts.letter import LetterFacts
from mail.preview.reminder_samples import Holder
from rules.accounts.kinds import AccountChange

_PORTAL = "https://portal.example.org/"


def account_samples(
    holder: Holder, *, expires_at: datetime, token: str
) -> Iterator[tuple[str, LetterFacts]]:
    """Every e-mail about an account."""
    first, new = f"{_PORTAL}first-sign-in/{token}", f"{_PORTAL}new-password/{token}"
    yield (
        "first-sign-in",
        FirstSignIn(**holder, first_sign_in_url=first, expires_at=expires_at),
    )
    yield (
        "password-reset",
        PasswordReset(**holder, new_password_url=new, expires_at=expires_at),
    )
    yield (
        "new-address-code",
        NewAddressCode(
            applicant_name_ar="",
            applicant_name_en="",
            language=holder["language"],
            code="048215",
            minutes=30,
        ),
    )
    yield (
        "registration-code",
        RegistrationCode(
            applicant_name_ar="",
            applicant_name_en="",
            language=holder["language"],
            code="730164",
            minutes=30,
        ),
    )
    yield "password-changed", PasswordChanged(**holder, changed_at=expires_at)
    yield "address-changed", AddressChanged(**holder, changed_at=expires_at)
    for change in AccountChange:
        facts = AccountChanged(**holder, change=change, changed_at=expires_at)
        yield f"account-changed-{change.replace('_', '-')}", facts
    yield "recovery-code-used", RecoveryCodeUsed(**holder, used_at=expires_at, codes_left=7)
    for name, browser in (("new-device", "Chrome, Android"), ("new-device-unknown", "")):
        yield name, NewDevice(**holder, signed_in_at=expires_at, browser=browser)
    nameless = {**holder, "applicant_name_ar": "", "applicant_name_en": ""}
    yield (
        "first-sign-in-of-an-officer",
        FirstSignIn(**nameless, first_sign_in_url=first, expires_at=expires_at),  # type: ignore[arg-type]  # a copy of it
    )
