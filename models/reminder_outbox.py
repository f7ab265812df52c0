"""The outbox of the reminders: hold some, send them, stamp them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute
from rules.reminders import Reason, ReminderStatus

_FRESH_PLANS = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
_HOLD = text("""
WITH due AS (
    SELECT id FROM reminders
    WHERE status = 'queued' AND next_attempt_at <= :now
    ORDER BY next_attempt_at, id LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE reminders SET next_attempt_at = :until, attempts = attempts + 1
FROM due WHERE reminders.id = due.id
RETURNING reminders.id, reminders.practitioner_id, reminders.about, reminders.anchor,
    reminders.threshold, reminders.letter, reminders.created_at, reminders.attempts
""")
# What was accepted is sent, whatever anybody has decided about it in the meantime.
_STAMP = text("""
UPDATE reminders SET status = stamped.status, reason = stamped.reason,
    server_reply = stamped.reply, next_attempt_at = stamped.again,
    address = COALESCE(stamped.address, reminders.address),
    letter = COALESCE(stamped.letter, reminders.letter),
    settled_at = CASE WHEN stamped.status <> 'queued' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:statuses AS text[]), CAST(:reasons AS text[]),
    CAST(:replies AS text[]), CAST(:again AS timestamptz[]), CAST(:addresses AS text[]),
    CAST(:letters AS text[]))
    AS stamped (id, status, reason, reply, again, address, letter)
WHERE reminders.id = stamped.id
    AND (reminders.status = 'queued' OR stamped.status = 'sent')
""")
_GIVE_BACK = text("""
UPDATE reminders SET next_attempt_at = given.again, attempts = attempts - 1
FROM unnest(CAST(:ids AS uuid[]), CAST(:again AS timestamptz[])) AS given (id, again)
WHERE reminders.id = given.id AND reminders.status = 'queued'
""")


@dataclass(frozen=True, slots=True)
class Held:
    """A planned reminder that is ours to send until our hold ends."""

    id: UUID
    practitioner_id: UUID
    about: str
    anchor: date
    threshold: int
    letter: str
    created_at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """How one attempt ended."""

    id: UUID
    status: ReminderStatus
    #: When it may be tried again; only read while it is queued.
    again: datetime
    reason: Reason | None = None
    reply: str | None = None
    address: str | None = None
    letter: str | None = None


async def hold(session: AsyncSession, *, now: datetime, until: datetime, limit: int) -> list[Held]:
    """Take up to ``limit`` letters that are due, oldest first, that nobody else holds.

    A hold ends by itself: whoever dies with it delays its letters until then.
    """
    # As in `models.examinations`: the outbox is empty at one time and full at another.
    await execute(session, _FRESH_PLANS)
    rows = await execute(session, _HOLD, {"now": now, "until": until, "limit": limit})
    return sorted((Held(*row) for row in rows), key=lambda held: (held.created_at, held.id))


async def stamp(session: AsyncSession, stamps: Sequence[Stamp], *, now: datetime) -> None:
    """Write how the attempts ended, all in one statement. Repeated, it changes nothing."""
    if stamps:
        await execute(session, _STAMP, {
            "ids": [row.id for row in stamps],
            "statuses": [row.status for row in stamps],
            "reasons": [row.reason for row in stamps],
            "replies": [row.reply for row in stamps],
            "again": [row.again for row in stamps],
            "addresses": [row.address for row in stamps],
            "letters": [row.letter for row in stamps],
            "now": now,
        })  # fmt: skip


async def give_back(session: AsyncSession, letters: Sequence[tuple[UUID, datetime]]) -> None:
    """End our hold of letters that were not tried: each may be taken from that instant on."""
    if letters:
        ids, again = [letter for letter, _ in letters], [instant for _, instant in letters]
        await execute(session, _GIVE_BACK, {"ids": ids, "again": again})
