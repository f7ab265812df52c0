"""Invented facts of the e-mails about accounts."""

from collections.abc import Iterator
from datetime import datetime

from mail.facts.account_letters import (
    AddressChanged,
    FirstSignIn,
    NewAddressCode,
    PasswordChanged,
    PasswordReset,
)
from mail.facts.letter import LetterFacts
from mail.preview.reminder_samples import Holder

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
    yield "password-changed", PasswordChanged(**holder, changed_at=expires_at)
    yield "address-changed", AddressChanged(**holder, changed_at=expires_at)
