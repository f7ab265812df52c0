"""Which cards and profiles a day's run examines, and what it writes: never one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.cards import Card
from models.practitioners import Practitioner
from models.reminders.reminders import reminder_id
from models.statements import execute
from rules.policy.thresholds import Topic
from rules.reminders.decision import NotSent, ReminderLetter, ReminderStatus

#: Where a run begins to look.
START = (date.min, UUID(int=0))
#: Keeps planners from counting an address's letters at the same time.
_PLANNING = 7286392

# A plan that was kept from when the tables were empty would read all of them for every chunk.
_BEGIN = text("""
SELECT set_config('plan_cache_mode', 'force_custom_plan', true), pg_advisory_xact_lock(:key)
""")
# What is examined has a row of its own, which keeps the day of its next examination.
_TAKE: Mapping[Topic, TextClause] = {
    Topic.CARD: text("""
SELECT id, practitioner_id, expires_on, examine_on FROM cards
WHERE examine_on <= :day AND (examine_on, id) > (:after_day, :after_id)
ORDER BY examine_on, id LIMIT :limit
FOR NO KEY UPDATE SKIP LOCKED
"""),
    # The anchor is what `Recipient.facts` has as ``confirmed_on``.
    Topic.PROFILE: text("""
SELECT id, id, COALESCE(CAST(confirmed_at AT TIME ZONE 'Asia/Riyadh' AS date), on_file_since),
    examine_on
FROM practitioners
WHERE examine_on <= :day AND (examine_on, id) > (:after_day, :after_id)
ORDER BY examine_on, id LIMIT :limit
FOR NO KEY UPDATE SKIP LOCKED
"""),
}
_STAMP: Mapping[Topic, TextClause] = {
    Topic.CARD: text("""
UPDATE cards SET examine_on = stamped.examine_on
FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS stamped (id, examine_on)
WHERE cards.id = stamped.id
"""),
    Topic.PROFILE: text("""
UPDATE practitioners SET examine_on = stamped.examine_on
FROM unnest(CAST(:ids AS uuid[]), CAST(:days AS date[])) AS stamped (id, examine_on)
WHERE practitioners.id = stamped.id
"""),
}
_CLOSE = text("""
WITH passed AS (
    SELECT reminders.id, now.anchor
    FROM unnest(CAST(:ids AS uuid[]), CAST(:anchors AS date[]), CAST(:thresholds AS int[]))
        AS now (practitioner_id, anchor, threshold)
    JOIN reminders ON reminders.practitioner_id = now.practitioner_id
    WHERE reminders.about = :topic
        AND reminders.status IN ('queued', 'deferred') AND reminders.copy = 0
        AND (reminders.anchor <> now.anchor
            OR (reminders.threshold IS DISTINCT FROM now.threshold
                -- One that was planned for a later day is not passed.
                AND reminders.threshold >= now.anchor - CAST(:day AS date)))
    -- Whoever holds one of them at this moment decides about it once more, or stamps it: waiting
    -- for them, with cards in our hands, was half of a deadlock.
    FOR NO KEY UPDATE OF reminders SKIP LOCKED
)
UPDATE reminders SET status = 'skipped', settled_at = :now,
    reason = CASE WHEN reminders.anchor <> passed.anchor THEN :moved ELSE 'too_late' END
FROM passed WHERE reminders.id = passed.id
""")
_SETTLED = text("""
SELECT reminders.practitioner_id,
    (array_agg(reminders.id ORDER BY reminders.threshold) FILTER (WHERE reminders.copy = 0 AND CASE
        WHEN reminders.threshold = now.threshold THEN reminders.status <> 'deferred'
        -- The letter of a later one, written when that was current: the clock was set back since.
        -- One that left ahead of its time, for whatever reason, leaves this one to be sent.
        ELSE reminders.threshold < now.threshold AND reminders.status IN ('queued', 'sent')
            AND reminders.anchor - CAST(reminders.created_at AT TIME ZONE 'Asia/Riyadh' AS date)
                <= reminders.threshold
        END))[1],
    COALESCE(max(reminders.copy) FILTER (WHERE reminders.threshold = now.threshold), 0)
FROM unnest(CAST(:ids AS uuid[]), CAST(:anchors AS date[]), CAST(:thresholds AS int[]))
    AS now (practitioner_id, anchor, threshold)
JOIN reminders USING (practitioner_id, anchor)
WHERE reminders.about = :topic
GROUP BY 1
""")
_WRITE = text("""
INSERT INTO reminders (id, practitioner_id, about, anchor, threshold, status, reason, letter,
    address, examined_on, run, created_at, next_attempt_at, attempts, settled_at)
SELECT id, practitioner_id, :topic, anchor, threshold, status, reason, letter, address,
    :day, :run, :now, :now, 0, CASE WHEN status = 'skipped' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:people AS uuid[]), CAST(:anchors AS date[]),
    CAST(:thresholds AS int[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]),
    CAST(:letters AS text[]), CAST(:addresses AS text[]))
    AS decided (id, practitioner_id, anchor, threshold, status, reason, letter, address)
ON CONFLICT ON CONSTRAINT a_threshold_is_reminded_once DO UPDATE SET
    status = EXCLUDED.status, reason = EXCLUDED.reason, letter = EXCLUDED.letter,
    address = EXCLUDED.address, examined_on = EXCLUDED.examined_on, run = EXCLUDED.run,
    created_at = EXCLUDED.created_at, next_attempt_at = EXCLUDED.next_attempt_at,
    settled_at = EXCLUDED.settled_at
WHERE reminders.status = 'deferred'
""")
_TABLES: Mapping[Topic, type[Card | Practitioner]] = {
    Topic.CARD: Card,
    Topic.PROFILE: Practitioner,
}
_COUNT: Mapping[Topic, TextClause] = {
    Topic.CARD: text("""
SELECT expires_on, examine_on, count(*) FROM cards WHERE status = 'active'
GROUP BY 1, 2 ORDER BY 1, 2
"""),
    Topic.PROFILE: text("""
SELECT COALESCE(CAST(confirmed_at AT TIME ZONE 'Asia/Riyadh' AS date), on_file_since),
    examine_on, count(*)
FROM practitioners
GROUP BY 1, 2 ORDER BY 1, 2
"""),
}


# As `_SETTLED` says of one person, but for the letters of a clock that was set back.
_COUNT_SETTLED: Mapping[Topic, TextClause] = {
    Topic.CARD: text("""
SELECT reminders.anchor, reminders.threshold, count(*) FROM reminders
JOIN cards ON cards.practitioner_id = reminders.practitioner_id
    AND cards.expires_on = reminders.anchor AND cards.status = 'active'
WHERE reminders.about = 'card' AND reminders.copy = 0 AND reminders.status <> 'deferred'
GROUP BY 1, 2
"""),
    Topic.PROFILE: text("""
SELECT reminders.anchor, reminders.threshold, count(*) FROM reminders
JOIN practitioners ON practitioners.id = reminders.practitioner_id
    AND COALESCE(CAST(confirmed_at AT TIME ZONE 'Asia/Riyadh' AS date), on_file_since)
        = reminders.anchor
WHERE reminders.about = 'profile' AND reminders.copy = 0 AND reminders.status <> 'deferred'
GROUP BY 1, 2
"""),
}


@dataclass(frozen=True, slots=True)
class ToExamine:
    """A card or a profile that is to be examined."""

    #: Of the row that keeps the day of its next examination.
    id: UUID
    practitioner_id: UUID
    #: The day that thresholds count from.
    anchor: date
    examine_on: date


class ThresholdStanding(NamedTuple):
    """What has become of a person's current threshold."""

    #: The reminder that settles it: its own, which was sent or has a reason not to be, or that of a
    #: later threshold, which was sent when that was current. A deferred one is still open.
    settled_by: UUID | None = None
    #: How many of its letters were undone.
    undone: int = 0


#: A practitioner, the anchor, and the threshold that is current, if one is.
Current = tuple[UUID, date, int | None]


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about one person's current threshold."""

    practitioner_id: UUID
    anchor: date
    threshold: int
    status: ReminderStatus
    reason: NotSent | None
    letter: ReminderLetter | None
    mailbox: str | None
    #: How many letters of this threshold were undone before.
    undone: int = 0


async def take_due(
    session: AsyncSession, topic: Topic, day: date, *, after: tuple[date, UUID], limit: int
) -> list[ToExamine]:
    """The next rows to examine, locked until the transaction ends; those of others are left out.

    ``after`` is the last row that this run has taken (`START` for none): what it has stamped lies
    dead at the front of the index and is not to be walked over again. The caller has the turn.
    """
    bounds = {"day": day, "after_day": after[0], "after_id": after[1], "limit": limit}
    return [ToExamine(*row) for row in await execute(session, _TAKE[topic], bounds)]


async def take_turn(session: AsyncSession) -> None:
    """Wait until no other planner counts letters; the turn ends with the transaction."""
    await execute(session, _BEGIN, {"key": _PLANNING})


async def standing_of(
    session: AsyncSession, topic: Topic, current: Sequence[Current]
) -> dict[UUID, ThresholdStanding]:
    """What is known of the people's current thresholds; of whom nothing is known is not there."""
    if not current:
        return {}
    found = await execute(session, _SETTLED, {"topic": topic, **_columns(current)})
    return {row[0]: ThresholdStanding(row[1], row[2]) for row in found}


async def write_decisions(
    session: AsyncSession,
    topic: Topic,
    decided: Sequence[Decided],
    *,
    day: date,
    run: str,
    now: datetime,
) -> None:
    """Keep what was decided. A threshold that has its row keeps it, unless it was deferred."""
    if decided:
        await execute(
            session,
            _WRITE,
            {
                "topic": topic,
                "ids": [
                    reminder_id(
                        row.practitioner_id, topic, row.anchor, row.threshold, after=row.undone
                    )
                    for row in decided
                ],
                "people": [row.practitioner_id for row in decided],
                "anchors": [row.anchor for row in decided],
                "thresholds": [row.threshold for row in decided],
                "statuses": [row.status for row in decided],
                "reasons": [row.reason for row in decided],
                "letters": [row.letter for row in decided],
                "addresses": [row.mailbox for row in decided],
                "day": day,
                "run": run,
                "now": now,
            },
        )


async def close_passed(
    session: AsyncSession, topic: Topic, current: Sequence[Current], *, day: date, now: datetime
) -> None:
    """End what still waits of these people but is not of their current anchor and threshold."""
    moved = NotSent.RENEWED if topic is Topic.CARD else NotSent.CONFIRMED
    values = {"topic": topic, "day": day, "now": now, "moved": moved, **_columns(current)}
    await execute(session, _CLOSE, values)


async def stamp_examined(
    session: AsyncSession, topic: Topic, stamps: Sequence[tuple[UUID, date]]
) -> None:
    """Set the day on which each row is examined next."""
    ids, days = [row for row, _ in stamps], [day for _, day in stamps]
    await execute(session, _STAMP[topic], {"ids": ids, "days": days})


async def count_due(session: AsyncSession, topic: Topic, day: date) -> int:
    """How many cards or profiles a run on this day has to examine."""
    examine_on = col(_TABLES[topic].examine_on)
    query = select(func.count()).select_from(_TABLES[topic]).where(examine_on <= day)
    return (await session.exec(query)).one()


async def count_by_anchor(session: AsyncSession, topic: Topic) -> list[tuple[date, date, int]]:
    """How many active cards, or profiles, there are of each anchor and day of examination."""
    return [(row[0], row[1], row[2]) for row in await execute(session, _COUNT[topic])]


async def count_settled(session: AsyncSession, topic: Topic) -> dict[tuple[date, int], int]:
    """How many people's present anchor and threshold are settled: sent, or with a reason not to."""
    return {(row[0], row[1]): row[2] for row in await execute(session, _COUNT_SETTLED[topic])}


def _columns(current: Sequence[Current]) -> dict[str, list[object]]:
    return {
        "ids": [person for person, _, _ in current],
        "anchors": [anchor for _, anchor, _ in current],
        "thresholds": [threshold for _, _, threshold in current],
    }
