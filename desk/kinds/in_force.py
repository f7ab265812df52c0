"""What an activation brought into force, for its letter."""

from dataclasses import dataclass
from decimal import Decimal

from rules.card_renewal.new_period import Period


@dataclass(frozen=True, kw_only=True)
class InForce:
    """What was written when a request came into force."""

    #: Hours that the ledger did not hold before.
    cpd_hours_added: Decimal = Decimal(0)
    #: The card's new validity, for a renewal.
    period: Period | None = None
