"""Cards with their holders, as the reminders' rules and letters need them: many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.reminders import address_key
from models.statements import execute
from models.suppressions import REMINDERS
from rules.card import CardStatus
from rules.dates import riyadh_day
from rules.reminders import ReminderFacts, ReminderStatus
from rules.statuses import Status

#: Letters that count towards an address's day.
_COUNTED = (ReminderStatus.QUEUED, ReminderStatus.SENT)

# The condition on requests is that of the index ``one_open_request_per_kind``, word for word.
_READ = text("""
SELECT c.id, c.status, c.expires_on, p.registration_number, p.email, p.preferred_language,
       p.confirmed_at,
       ARRAY[p.first_name_ar, p.father_name_ar, p.grandfather_name_ar, p.family_name_ar],
       ARRAY[p.first_name_en, p.father_name_en, p.grandfather_name_en, p.family_name_en],
       r.status, r.tracking_code
FROM cards c
JOIN practitioners p ON p.id = c.practitioner_id
LEFT JOIN requests r ON r.practitioner_id = p.id AND r.kind = 'card_renewal'
    AND r.status NOT IN ('activated', 'rejected', 'withdrawn', 'expired')
WHERE c.id = ANY(CAST(:ids AS uuid[]))
""")

_SUPPRESSED = text("""
SELECT address FROM suppressions
WHERE address = ANY(CAST(:addresses AS text[])) AND kind = :kind AND lifted_at IS NULL
""")
_LETTERS = text("""
SELECT address, count(*) FROM reminders
WHERE examined_on = :day AND address = ANY(CAST(:addresses AS text[]))
    AND status = ANY(CAST(:statuses AS text[]))
GROUP BY address
""")


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """One card as it stands now, with its holder and the renewal that is open."""

    card_id: UUID
    card_status: str
    expires_on: date
    registration_number: str
    email: str
    language: str
    confirmed_at: datetime | None
    names_ar: list[str]
    names_en: list[str]
    renewal_status: str | None
    renewal_code: str | None

    @property
    def address(self) -> str:
        """The e-mail address as it is compared with others; may be empty."""
        return address_key(self.email)

    @property
    def name_ar(self) -> str:
        """The Arabic name."""
        return " ".join(filter(None, self.names_ar))

    @property
    def name_en(self) -> str:
        """The English name."""
        return " ".join(filter(None, self.names_en))

    def facts(self, *, suppressed: bool, letters_today: int) -> ReminderFacts:
        """What the rules ask about it."""
        return ReminderFacts(
            card_status=CardStatus(self.card_status),
            expires_on=self.expires_on,
            has_address=bool(self.address),
            suppressed=suppressed,
            open_renewal=Status(self.renewal_status) if self.renewal_status else None,
            letters_today=letters_today,
            confirmed_on=riyadh_day(self.confirmed_at) if self.confirmed_at else None,
        )


async def read_holders(session: AsyncSession, card_ids: Sequence[UUID]) -> dict[UUID, Holder]:
    """These cards with their holders, by card."""
    rows = await execute(session, _READ, {"ids": list(card_ids)})
    return {row[0]: Holder(*row) for row in rows}


async def suppressed_among(session: AsyncSession, addresses: set[str]) -> set[str]:
    """Those of the addresses that get no reminders."""
    if not addresses:
        return set()
    found = await execute(session, _SUPPRESSED, {"addresses": list(addresses), "kind": REMINDERS})
    return set(found.scalars())


async def letters_on(session: AsyncSession, day: date, addresses: set[str]) -> dict[str, int]:
    """How many letters each of the addresses gets on this day; one that gets none is not listed."""
    found = await execute(session, _LETTERS, {
        "addresses": list(addresses), "day": day, "statuses": list(_COUNTED)
    })  # fmt: skip
    return {row[0]: row[1] for row in found}
