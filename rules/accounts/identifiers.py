"""What somebody types to say who they are: an e-mail address, or an identity or Iqama number."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from rules.findings.problems import ValueRefused
from rules.values.email_address import clean_email, mailbox_of
from rules.values.identity_number import clean_any_identity_number


class IdentifierKind(StrEnum):
    """What an identifier is."""

    EMAIL = "email"
    IDENTITY_NUMBER = "identity_number"


@dataclass(frozen=True, repr=False)
class Identifier:
    """Who somebody says they are, in the one form that is compared."""

    kind: IdentifierKind
    value: str

    @property
    def digest(self) -> str:
        """What tries are counted under: the counts name nobody."""
        return hashlib.sha256(f"{self.kind}:{self.value}".encode()).hexdigest()


def read_identifier(typed: str) -> Identifier | None:
    """The address or the number that was typed, with any digits and marks; None for anything else.

    What is neither is not kept and not counted by name: it may be a password in the wrong box.
    """
    try:
        if "@" in typed or "\uff20" in typed:
            email = clean_email(typed, allow_non_ascii_local_part=True)
            return Identifier(IdentifierKind.EMAIL, mailbox_of(email))
        number = clean_any_identity_number(typed)
    except ValueRefused:
        return None
    return Identifier(IdentifierKind.IDENTITY_NUMBER, number)
