"""Whose request it is, as far as every kind knows it."""

from dataclasses import dataclass
from uuid import UUID

from models.practitioners import Practitioner


@dataclass(frozen=True, kw_only=True, repr=False)
class Applicant:
    """To whom the e-mails about a request go, and what they call them."""

    #: Both None for somebody who is not on the register yet.
    practitioner_id: UUID | None
    registration_number: str | None
    name_ar: str
    name_en: str
    email: str
    #: ``ar`` or ``en``.
    preferred_language: str
    #: Who writes from this mailbox and is not on the register; None where nobody has begun so.
    newcomer_id: UUID | None = None
    #: As on file; of somebody who is not on the register yet, as it was typed.
    employer: str | None = None

    @property
    def place(self) -> tuple[str, str]:
        """Where they come among others: one order for everybody who locks what is theirs."""
        return self.registration_number or "", str(self.newcomer_id or "")


def as_applicant(practitioner: Practitioner) -> Applicant:
    """Somebody on the register, by what is on file about them now."""
    return Applicant(
        practitioner_id=practitioner.id,
        registration_number=practitioner.registration_number,
        name_ar=practitioner.name_ar,
        name_en=practitioner.name_en,
        email=practitioner.email,
        preferred_language=practitioner.preferred_language,
        employer=practitioner.employer,
    )
