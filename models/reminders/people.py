"""People with their cards and open requests, many at once, as reminders need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import quoted
from models.reminders.suppressions import REMINDERS
from models.statements import execute
from rules.policy.thresholds import Topic
from rules.register.card import CardStatus
from rules.register.fields import ARABIC_NAMES, ENGLISH_NAMES, full_name
from rules.reminders.decision import ReminderFacts, ReminderLetter, ReminderStatus
from rules.requests.statuses import Status
from rules.requests.transitions import FINAL
from rules.values.dates import riyadh_day
from rules.values.email_address import mailbox_of

#: Letters that count towards an address's day.
_COUNTED = (ReminderStatus.QUEUED, ReminderStatus.SENT)

# The conditions on requests are that of the index ``one_open_request_per_kind``, word for word.
_READ = text(f"""
SELECT p.id, p.registration_number, p.email, p.preferred_language, p.confirmed_at, p.on_file_since,
       ARRAY[{", ".join(f"p.{part}" for part in ARABIC_NAMES)}],
       ARRAY[{", ".join(f"p.{part}" for part in ENGLISH_NAMES)}],
       c.status, c.expires_on, c.examine_on, renewal.status, renewal.tracking_code,
       changes.status IS NOT NULL
FROM practitioners p
LEFT JOIN cards c ON c.practitioner_id = p.id
LEFT JOIN requests renewal ON renewal.practitioner_id = p.id AND renewal.kind = 'card_renewal'
    AND renewal.status NOT IN ({quoted(FINAL)})
LEFT JOIN requests changes ON changes.practitioner_id = p.id AND changes.kind = 'profile_update'
    AND changes.status NOT IN ({quoted(FINAL)})
WHERE p.id = ANY(CAST(:ids AS uuid[]))
""")  # noqa: S608 - the statuses are our own table's
_CARD_LETTERS = text("""
SELECT practitioner_id, max(examined_on), max(examined_on) FILTER (WHERE letter = :asking)
FROM reminders
WHERE practitioner_id = ANY(CAST(:ids AS uuid[])) AND about = 'card'
    AND status = ANY(CAST(:statuses AS text[])) AND copy = 0
GROUP BY practitioner_id
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
class Recipient:
    """One practitioner as on file now, with the card and the requests that are open."""

    id: UUID
    registration_number: str
    email: str
    language: str
    confirmed_at: datetime | None
    on_file_since: date
    names_ar: list[str]
    names_en: list[str]
    card_status: str | None
    card_expires_on: date | None
    card_examine_on: date | None
    renewal_status: str | None
    renewal_code: str | None
    has_open_update: bool

    @property
    def mailbox(self) -> str:
        """The e-mail address as it is compared with others; may be empty."""
        return mailbox_of(self.email)

    @property
    def name_ar(self) -> str:
        """The Arabic name."""
        return full_name(self.names_ar)

    @property
    def name_en(self) -> str:
        """The English name."""
        return full_name(self.names_en)

    @property
    def last_confirmed_on(self) -> date | None:
        """The day on which the profile was last confirmed; None if it never was."""
        return riyadh_day(self.confirmed_at) if self.confirmed_at else None

    def anchor(self, topic: Topic) -> date | None:
        """The day that the thresholds count from; None for the card of somebody without one."""
        if topic is Topic.CARD:
            return self.card_expires_on
        return self.last_confirmed_on or self.on_file_since

    def facts(
        self,
        topic: Topic,
        *,
        suppressed: bool,
        letters_today: int,
        day: date,
        card_letters: "CardLetters | None" = None,
    ) -> ReminderFacts:
        """What the rules ask about the person."""
        told = card_letters or CardLetters()
        return ReminderFacts(
            topic=topic,
            card_status=CardStatus(self.card_status) if self.card_status else None,
            card_expires_on=self.card_expires_on,
            has_email=bool(self.mailbox),
            suppressed=suppressed,
            open_renewal=Status(self.renewal_status) if self.renewal_status else None,
            has_open_update=self.has_open_update,
            letters_today=letters_today,
            confirmed_on=self.last_confirmed_on or self.on_file_since,
            card_is_due=self.card_examine_on is not None and self.card_examine_on <= day,
            card_letter_on=told.last_on,
            card_asked_on=told.asked_on,
        )


@dataclass(frozen=True, slots=True)
class CardLetters:
    """The days of a person's latest letters about the card."""

    last_on: date | None = None
    #: Of the latest one that asked to confirm the profile as well.
    asked_on: date | None = None


async def read_people(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Recipient]:
    """These practitioners, by their ids."""
    rows = await execute(session, _READ, {"ids": list(ids)})
    return {row[0]: Recipient(*row) for row in rows}


async def card_letters_of(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, CardLetters]:
    """The letters about these people's cards; who got none is not listed."""
    found = await execute(
        session,
        _CARD_LETTERS,
        {"ids": list(ids), "asking": ReminderLetter.CARD_REMINDER, "statuses": list(_COUNTED)},
    )
    return {row[0]: CardLetters(row[1], row[2]) for row in found}


async def suppressed_among(session: AsyncSession, mailboxes: set[str]) -> set[str]:
    """Those of the mailboxes that get no reminders."""
    if not mailboxes:
        return set()
    found = await execute(session, _SUPPRESSED, {"addresses": list(mailboxes), "kind": REMINDERS})
    return set(found.scalars())


async def letters_on(session: AsyncSession, day: date, mailboxes: set[str]) -> dict[str, int]:
    """How many letters each of the mailboxes gets on this day; one that gets none is not listed."""
    found = await execute(
        session, _LETTERS, {"addresses": list(mailboxes), "day": day, "statuses": list(_COUNTED)}
    )
    return {row[0]: row[1] for row in found}
