"""Loading cards and the CPD ledger: one piece of a file in a transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.register.card_files import CardLine, LedgerLine
from desk.register.checks import HoldersNotOnRegister
from desk.register.loaded import Loaded
from models.cards import Card, CardPeriod, PeriodMaker, lock_cards_of
from models.cpd_ledger import add_activities
from models.practitioners import CpdEntry, ids_by_number


async def load_cards(session: AsyncSession, wanted: Sequence[CardLine], *, now: datetime) -> Loaded:
    """Put new cards on file; of a known one the status and the category follow the file.

    The validity of a known card is kept, whatever the file says: it has a history, and a card is
    never shortened. Raises `HoldersNotOnRegister`.
    """
    loaded = Loaded()
    holders = await _holders(session, wanted)
    cards = await lock_cards_of(session, holders.values())
    for line in wanted:
        holder = holders[line.registration_number]
        card = cards.get(holder)
        if card is None:
            _add(session, holder, line, now=now)
            loaded.added += 1
        elif (card.status, card.category) != (line.status, line.category):
            card.status, card.category = line.status, line.category
            loaded.changed += 1
        elif (card.valid_from, card.expires_on) != (line.valid_from, line.expires_on):
            loaded.kept += 1
        else:
            loaded.unchanged += 1
    return loaded


async def load_ledger(
    session: AsyncSession, wanted: Sequence[LedgerLine], *, now: datetime
) -> Loaded:
    """Add the activities that the ledger does not hold; each counts once, however it came.

    Raises `HoldersNotOnRegister`.
    """
    loaded = Loaded()
    holders = await _holders(session, wanted)
    entries = [
        CpdEntry(
            practitioner_id=holders[line.registration_number],
            activity_key=line.activity.activity_key,
            kind=line.kind,
            source="loaded",
            title=line.activity.title,
            issuer=line.activity.issuer,
            completed_on=line.activity.issued_on,
            hours=line.activity.cpd_hours,
            recorded_at=now,
        )
        for line in wanted
    ]
    loaded.added = len(await add_activities(session, entries))
    loaded.unchanged = len(entries) - loaded.added
    return loaded


def _add(session: AsyncSession, practitioner_id: UUID, line: CardLine, *, now: datetime) -> None:
    card = Card(
        practitioner_id=practitioner_id,
        status=line.status,
        category=line.category,
        valid_from=line.valid_from,
        expires_on=line.expires_on,
    )
    session.add(card)
    session.add(
        CardPeriod(
            card_id=card.id,
            valid_from=line.valid_from,
            expires_on=line.expires_on,
            made_by=PeriodMaker.LOADED,
            recorded_at=now,
        )
    )


async def _holders(
    session: AsyncSession, lines: Sequence[CardLine] | Sequence[LedgerLine]
) -> dict[str, UUID]:
    numbers = {line.registration_number for line in lines}
    found = await ids_by_number(session, numbers)
    if strangers := numbers - found.keys():
        raise HoldersNotOnRegister(strangers)
    return found
