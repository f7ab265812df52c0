"""What an activation brought into force, for its letter."""

from dataclasses import dataclass
from decimal import Decimal

from rules.requests.card_period import Period


@dataclass(frozen=True, kw_only=True)
class InForce:
    """What was written when a request came into force."""

    #: Hours that the ledger did not hold before.
    cpd_hours_added: Decimal = Decimal(0)
    #: The card's new validity, for a renewal and a registration.
    period: Period | None = None
    #: For a registration: of who is on the register by it.
    registration_number: str | None = None
