"""What policy decides about first registrations, and the form of the numbers that they bring.

The schema of the table ``[registration]``; sources stand in ``policy.toml``.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from stdnum import damm

from rules.policy.reader import PolicyReader

#: What a registration may ask for; each is a `rules.values.document_kind.DocumentKind`.
RegistrationDocument = Literal[
    "employer_letter",
    "residence_card",
    "medical_report",
    "qualification",
    "life_support",
    "malpractice_insurance",
]
_PREFIX = re.compile("[A-Z]{0,3}")
_WIDTH = 6
_YEARS_OF_A_CENTURY = 100


@dataclass(frozen=True, kw_only=True)
class RegistrationPolicy:
    """On what conditions somebody comes onto the register, and what they get."""

    #: Different officers who must approve: nobody comes onto the register unseen.
    approvals: int = field(metadata={"minimum": 1})
    #: Years of the first card.
    card_years: int = field(metadata={"minimum": 1, "maximum": 10})
    documents: tuple[RegistrationDocument, ...]
    #: Latin capitals, up to three, before the digits of a number that is issued here.
    number_prefix: str


def registration_number(prefix: str, year: int, sequence: int) -> str:
    """The registration number with this place in a year's sequence, in its canonical form.

    The prefix, two digits of the year, the sequence, and a check digit (Damm) over both: every
    wrong digit and every swap of neighbours shows. The same arguments give the same number. Raises
    ValueError for a sequence below 1.
    """
    if sequence < 1:
        raise ValueError("a registration number has a sequence from 1 up")
    digits = f"{year % _YEARS_OF_A_CENTURY:02}{sequence:0{_WIDTH}}"
    return f"{prefix}{digits}{damm.calc_check_digit(digits)}"


def check_registration_agreement(
    registration: RegistrationPolicy, pattern: str, reader: PolicyReader
) -> None:
    """Note numbers that would be issued and could not be read."""
    prefix = registration.number_prefix
    if _PREFIX.fullmatch(prefix) is None:
        reader.refuse("registration.number_prefix", "must be up to three Latin capitals")
        return
    try:
        reads = re.fullmatch(pattern, registration_number(prefix, 1, 1)) is not None
    except re.error:
        return  # refused as the pattern
    if not reads:
        reader.refuse(
            "registration.number_prefix",
            "must make numbers that registration_number.pattern reads",
        )
