"""Cards that expire soon, judged by two policies as their holders are shown them."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

from desk.register.cards import card_on_file, has_open_renewal, ledger_of
from models.connections import LONG
from models.cpd_ledger import ACTIVITIES
from models.database import looking
from models.expiring_cards import expiring_after
from models.open_requests import OPEN_REQUESTS
from rules.card_renewal.terms import card_terms
from rules.policy.policy import Policy
from rules.policy.terms import Tally
from rules.requests.statuses import Kind

#: Judged in one transaction.
_CHUNK = 500


async def compare_cards(
    in_force: Policy, proposed: Policy, *, today: date, days: int, step: Callable[[int], None]
) -> Tally:
    """Judge today every card that expires within so many days, by both.

    Chunk by chunk; ``step`` hears how many are done. Writes nothing and holds nobody up.
    """
    tally = Tally()
    last = today + timedelta(days=days)
    after: tuple[date, UUID] | None = (today, UUID(int=0))
    while after is not None:
        before = tally.looked_at
        async with looking(LONG) as session:
            found = await expiring_after(session, after, last=last, limit=_CHUNK)
            holders = [holder.id for _, holder in found]
            await ACTIVITIES.ask_ahead(session, holders)
            await OPEN_REQUESTS.ask_ahead(session, [(each, Kind.CARD_RENEWAL) for each in holders])
            for card, holder in found:
                is_open = await has_open_renewal(session, holder.id)
                on_file = card_on_file(card, holder, has_open_renewal=is_open)
                ledger = await ledger_of(session, holder.id)
                tally.add(
                    card_terms(on_file, ledger, on=today, policy=in_force),
                    card_terms(on_file, ledger, on=today, policy=proposed),
                )
        step(tally.looked_at - before)
        after = (found[-1][0].expires_on, found[-1][0].id) if len(found) == _CHUNK else None
    return tally
