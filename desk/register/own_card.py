"""A card and its hours as the person sees them whose card it is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from desk.policy import current_policy
from desk.register.card_checks import standing_of_card
from desk.register.cards import card_on_file, has_open_renewal, ledger_of
from models.cards import CardUnknown, find_card, periods_of
from models.database import snapshot
from models.practitioners import get_practitioner
from rules.card_renewal.cpd import (
    HoursNeeded,
    YearOfHours,
    hours_by_year,
    hours_counted,
    hours_needed,
)
from rules.card_renewal.eligibility import EligibilityLine, eligibility, may_renew
from rules.card_renewal.window import Window, renewal_window
from rules.register.card import CardOnFile
from rules.requests.documents import needed_for_renewal
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True, kw_only=True, repr=False)
class MyCard:
    """One's own card on a day, and what its renewal would ask for; its `repr` shows nothing."""

    on_file: CardOnFile
    window: Window
    needed: HoursNeeded
    counted: Decimal
    years: tuple[YearOfHours, ...]
    #: What each rule of a renewal says.
    lines: tuple[EligibilityLine, ...]
    #: The documents that a renewal on this day asks for.
    documents: tuple[DocumentKind, ...]
    #: Valid on this day, so that it can be shown and printed.
    is_in_force: bool

    @property
    def missing_hours(self) -> Decimal:
        """The hours that are still needed; 0 where none are."""
        return max(self.needed.hours - self.counted, Decimal(0))

    @property
    def may_renew(self) -> bool:
        """Whether a renewal can be begun on this day."""
        return may_renew(self.lines)


async def own_card(practitioner_id: UUID | None, *, on: date) -> MyCard | None:
    """One's own card on this day (Riyadh); None for who has none, such as an officer.

    Changes nothing. Agrees with `desk.register.cards.eligibility_of`.
    """
    if practitioner_id is None:
        return None
    policy = current_policy()
    async with snapshot() as session:
        practitioner = await get_practitioner(session, practitioner_id)
        try:
            card = await find_card(session, practitioner_id)
        except CardUnknown:
            return None
        is_open = await has_open_renewal(session, practitioner_id)
        on_file = card_on_file(card, practitioner, has_open_renewal=is_open)
        ledger = await ledger_of(session, practitioner_id)
        standing = standing_of_card(card, await periods_of(session, card.id), on=on)
    return MyCard(
        on_file=on_file,
        window=renewal_window(on_file, on, policy),
        needed=hours_needed(on_file, policy),
        counted=hours_counted(ledger, on_file, policy),
        years=hours_by_year(ledger, on_file),
        lines=eligibility(on_file, ledger, on=on, policy=policy),
        documents=needed_for_renewal(on_file, on, policy),
        is_in_force=standing.is_valid,
    )
