"""Which cards a day's run examines, and what it writes about them: set by set, never one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card
from models.reminders import reminder_id
from models.statements import execute
from rules.reminders import Reason, ReminderLetter, ReminderStatus

#: Where a run begins to look.
START = (date.min, UUID(int=0))
#: Keeps planners from counting an address's letters at the same time.
_PLANNING = 7286392

# A plan that was kept from when the tables were empty would read all of them for every chunk.
_BEGIN = text("""
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(:key)
""")
_TAKE = text("""
SELECT id, expires_on, examine_on FROM cards
WHERE examine_on <= :day AND (examine_on, id) > (:after_day, :after_id)
ORDER BY examine_on, id LIMIT :limit
FOR UPDATE SKIP LOCKED
""")
_STAMP = text("""
UPDATE cards SET examine_on = stamped.examine_on
FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS stamped (id, examine_on)
WHERE cards.id = stamped.id
""")
_CLOSE = text("""
UPDATE reminders SET status = 'skipped', settled_at = :now,
    reason = CASE WHEN reminders.expires_on <> now.expires_on THEN 'renewed' ELSE 'too_late' END
FROM unnest(CAST(:ids AS uuid[]), CAST(:expiries AS date[]), CAST(:thresholds AS int[]))
    AS now (card_id, expires_on, threshold)
WHERE reminders.card_id = now.card_id AND reminders.status IN ('queued', 'deferred')
    AND (reminders.expires_on <> now.expires_on
        OR reminders.threshold IS DISTINCT FROM now.threshold)
""")
_SETTLED = text("""
SELECT reminders.card_id
FROM unnest(CAST(:ids AS uuid[]), CAST(:expiries AS date[]), CAST(:thresholds AS int[]))
    AS now (card_id, expires_on, threshold)
JOIN reminders USING (card_id, expires_on, threshold)
WHERE reminders.status <> 'deferred'
""")
_WRITE = text("""
INSERT INTO reminders (id, card_id, expires_on, threshold, status, reason, letter, address,
    examined_on, run, created_at, next_attempt_at, attempts, settled_at)
SELECT id, card_id, expires_on, threshold, status, reason, letter, address,
    :day, :run, :now, :now, 0, CASE WHEN status = 'skipped' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:cards AS uuid[]), CAST(:expiries AS date[]),
    CAST(:thresholds AS int[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]),
    CAST(:letters AS text[]), CAST(:addresses AS text[]))
    AS decided (id, card_id, expires_on, threshold, status, reason, letter, address)
ON CONFLICT ON CONSTRAINT a_threshold_is_reminded_once DO UPDATE SET
    status = EXCLUDED.status, reason = EXCLUDED.reason, letter = EXCLUDED.letter,
    address = EXCLUDED.address, examined_on = EXCLUDED.examined_on, run = EXCLUDED.run,
    next_attempt_at = EXCLUDED.next_attempt_at, settled_at = EXCLUDED.settled_at
WHERE reminders.status = 'deferred'
""")


@dataclass(frozen=True, slots=True)
class CardDue:
    """A card that is to be examined."""

    id: UUID
    expires_on: date
    examine_on: date


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about one card's current threshold."""

    card_id: UUID
    expires_on: date
    threshold: int
    status: ReminderStatus
    reason: Reason | None
    letter: ReminderLetter | None
    address: str | None


async def take_cards(
    session: AsyncSession, day: date, *, after: tuple[date, UUID], limit: int
) -> list[CardDue]:
    """The next cards to examine, locked until the transaction ends; those of others are left out.

    ``after`` is the last card that this run has taken (`START` for none): what it has stamped lies
    dead at the front of the index and is not to be walked over again. One planner at a time goes
    beyond this point, so that the letters of an address are counted rightly.
    """
    await execute(session, _BEGIN, {"key": _PLANNING})
    bounds = {"day": day, "after_day": after[0], "after_id": after[1], "limit": limit}
    return [CardDue(*row) for row in await execute(session, _TAKE, bounds)]


async def settled_among(
    session: AsyncSession, cards: Sequence[tuple[UUID, date, int]]
) -> set[UUID]:
    """The cards whose threshold (card, expiry, threshold) has its reminder or its reason already.

    A deferred one is still open.
    """
    if not cards:
        return set()
    return set((await execute(session, _SETTLED, _columns(cards))).scalars())


async def write_decisions(
    session: AsyncSession, decided: Sequence[Decided], *, day: date, run: str, now: datetime
) -> None:
    """Keep what was decided. A threshold that has its row keeps it, unless it was deferred."""
    if decided:
        await execute(session, _WRITE, {
            "ids": [reminder_id(row.card_id, row.expires_on, row.threshold) for row in decided],
            "cards": [row.card_id for row in decided],
            "expiries": [row.expires_on for row in decided],
            "thresholds": [row.threshold for row in decided],
            "statuses": [row.status for row in decided],
            "reasons": [row.reason for row in decided],
            "letters": [row.letter for row in decided],
            "addresses": [row.address for row in decided],
            "day": day, "run": run, "now": now,
        })  # fmt: skip


async def close_passed(
    session: AsyncSession, cards: Sequence[tuple[UUID, date, int | None]], *, now: datetime
) -> None:
    """End what still waits of these cards but is not of their current expiry and threshold."""
    await execute(session, _CLOSE, {"now": now, **_columns(cards)})


async def stamp_cards(session: AsyncSession, stamps: Sequence[tuple[UUID, date]]) -> None:
    """Set the day on which each card is examined next."""
    ids, days = [card for card, _ in stamps], [day for _, day in stamps]
    await execute(session, _STAMP, {"ids": ids, "days": days})


async def count_due(session: AsyncSession, day: date) -> int:
    """How many cards a run on this day has to examine."""
    query = select(func.count()).select_from(Card).where(col(Card.examine_on) <= day)
    return (await session.exec(query)).one()


async def count_by_expiry(
    session: AsyncSession, *, examined_until: date
) -> list[tuple[date, date, int]]:
    """How many active cards there are of each expiry and day of examination, until that day."""
    query = (
        select(col(Card.expires_on), col(Card.examine_on), func.count())
        .where(col(Card.status) == "active", col(Card.examine_on) <= examined_until)
        .group_by(col(Card.expires_on), col(Card.examine_on))
        .order_by(col(Card.expires_on), col(Card.examine_on))
    )
    return list((await session.exec(query)).all())


def _columns(cards: Sequence[tuple[UUID, date, int | None]]) -> dict[str, list[object]]:
    return {
        "ids": [card for card, _, _ in cards],
        "expiries": [expires_on for _, expires_on, _ in cards],
        "thresholds": [threshold for _, _, threshold in cards],
    }
