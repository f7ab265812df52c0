"""The outbox of the reminders: hold some, send them, stamp them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from models.letters import Waiting
from models.statements import FRESH_PLANS, execute
from rules.reminders.decision import NotSent, ReminderStatus

# Due by the run's clock; held by the database's, as those of machines differ.
_HOLD = text("""
WITH due AS (
    SELECT id FROM reminders
    WHERE status = 'queued' AND next_attempt_at <= :now
        AND (held_until IS NULL OR held_until < clock_timestamp())
    ORDER BY next_attempt_at, id LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE reminders SET held_by = :by, held_until = clock_timestamp() + CAST(:lease AS interval)
FROM due WHERE reminders.id = due.id
RETURNING reminders.id, reminders.held_by, reminders.practitioner_id, reminders.about,
    reminders.anchor, reminders.threshold, reminders.letter, reminders.created_at,
    reminders.attempts
""")
# What was accepted is sent, whatever anybody has decided about it in the meantime, and whoever
# holds it by now: not to write it would send it again.
_STAMP = text("""
UPDATE reminders SET status = stamped.status, reason = stamped.reason,
    server_reply = stamped.reply, next_attempt_at = stamped.again,
    address = COALESCE(stamped.address, reminders.address),
    letter = COALESCE(stamped.letter, reminders.letter),
    attempts = reminders.attempts + stamped.tried, waits_for_us = stamped.for_us,
    held_by = NULL, held_until = NULL,
    settled_at = CASE WHEN stamped.status <> 'queued' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS uuid[]), CAST(:statuses AS text[]),
    CAST(:reasons AS text[]), CAST(:replies AS text[]), CAST(:again AS timestamptz[]),
    CAST(:addresses AS text[]), CAST(:letters AS text[]), CAST(:tried AS integer[]),
    CAST(:for_us AS boolean[]))
    AS stamped (id, holder, status, reason, reply, again, address, letter, tried, for_us)
WHERE reminders.id = stamped.id
    AND ((reminders.status = 'queued' AND reminders.held_by = stamped.holder)
        OR stamped.status = 'sent')
""")
_GIVE_BACK = text("""
UPDATE reminders SET next_attempt_at = given.again, held_by = NULL, held_until = NULL,
    waits_for_us = waits_for_us OR :for_us
FROM unnest(CAST(:ids AS uuid[]), CAST(:holders AS uuid[]), CAST(:again AS timestamptz[]))
    AS given (id, holder, again)
WHERE reminders.id = given.id AND reminders.held_by = given.holder AND reminders.status = 'queued'
""")
_STILL_HELD = text("""
SELECT reminders.id FROM reminders
JOIN unnest(CAST(:ids AS uuid[]), CAST(:holders AS uuid[])) AS held (id, holder)
    ON reminders.id = held.id AND reminders.held_by = held.holder
WHERE reminders.status = 'queued' AND reminders.held_until > clock_timestamp()
""")
_RELEASE = text("""
UPDATE reminders SET next_attempt_at = :now
WHERE status = 'queued' AND waits_for_us AND next_attempt_at > :now
""")
_SET_RIGHT = text("""
UPDATE reminders SET next_attempt_at = :now
WHERE status = 'queued' AND next_attempt_at > CAST(:now AS timestamptz)
    + CAST(:held_for AS interval)
    + COALESCE((CAST(:waits AS interval[]))
        [LEAST(attempts, cardinality(CAST(:waits AS interval[])))], interval '0')
""")
_NEXT = text("""
SELECT min(GREATEST(next_attempt_at,
    CAST(:now AS timestamptz) + COALESCE(held_until - clock_timestamp(), interval '0')))
FROM reminders WHERE status = 'queued'
""")
_WAITING = text("""
SELECT count(*), count(*) FILTER (WHERE waits_for_us), min(created_at),
    (SELECT server_reply FROM reminders WHERE status = 'queued' AND server_reply IS NOT NULL
     ORDER BY next_attempt_at DESC LIMIT 1)
FROM reminders WHERE status = 'queued'
""")
_FAILED = text("""
SELECT count(*) FROM reminders
WHERE status = 'failed' AND settled_at >= :since AND NOT EXISTS (
    SELECT FROM suppressions WHERE suppressions.address = reminders.address AND lifted_at IS NULL
)
""")

_QUEUE_AGAIN = text("""
UPDATE reminders SET status = 'queued', reason = NULL, attempts = 0, next_attempt_at = :now,
    settled_at = NULL, held_by = NULL, held_until = NULL, waits_for_us = false
WHERE status = 'failed' AND letter IS NOT NULL
    AND (CAST(:person AS uuid) IS NULL OR practitioner_id = :person)
    AND (CAST(:since AS timestamptz) IS NULL OR created_at >= :since)
    AND NOT EXISTS (
        SELECT FROM suppressions WHERE suppressions.address = reminders.address
            AND lifted_at IS NULL
    )
""")


@dataclass(frozen=True, slots=True)
class Held:
    """A planned reminder that is ours to send until our hold ends."""

    id: UUID
    #: Whom the hold is known by.
    held_by: UUID
    practitioner_id: UUID
    topic: str
    anchor: date
    threshold: int
    letter: str
    created_at: datetime
    #: Attempts that ended before.
    attempts: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """How one attempt ended, or that none was made."""

    of: Held
    status: ReminderStatus
    #: When it may be tried again; only read while it is queued.
    again: datetime
    reason: NotSent | None = None
    reply: str | None = None
    mailbox: str | None = None
    letter: str | None = None
    #: Whether it waits because we or our mail server must mend something.
    for_us: bool = False
    tried: bool = True


async def hold(session: AsyncSession, *, now: datetime, lease: timedelta, limit: int) -> list[Held]:
    """Take up to ``limit`` letters that are due, oldest first, that nobody else holds.

    A hold ends by itself: whoever dies with it delays its letters until then.
    """
    await execute(session, FRESH_PLANS)
    rows = await execute(
        session, _HOLD, {"now": now, "by": uuid4(), "lease": lease, "limit": limit}
    )
    return sorted((Held(*row) for row in rows), key=lambda held: (held.created_at, held.id))


async def still_held(connection: AsyncConnection, letters: Sequence[Held]) -> set[UUID]:
    """Those of these that still wait, and are ours by the database's clock."""
    values = {"ids": [one.id for one in letters], "holders": [one.held_by for one in letters]}
    return set((await connection.execute(_STILL_HELD, values)).scalars())


async def stamp(session: AsyncSession, stamps: Sequence[Stamp], *, now: datetime) -> None:
    """Write how the attempts ended, all in one statement. Repeated, it changes nothing.

    Whoever has lost the hold writes nothing but that a letter was accepted.
    """
    if stamps:
        await execute(
            session,
            _STAMP,
            {
                "ids": [row.of.id for row in stamps],
                "holders": [row.of.held_by for row in stamps],
                "statuses": [row.status for row in stamps],
                "reasons": [row.reason for row in stamps],
                "replies": [row.reply for row in stamps],
                "again": [row.again for row in stamps],
                "addresses": [row.mailbox for row in stamps],
                "letters": [row.letter for row in stamps],
                "tried": [int(row.tried) for row in stamps],
                "for_us": [row.for_us for row in stamps],
                "now": now,
            },
        )


async def give_back(
    session: AsyncSession, letters: Sequence[tuple[Held, datetime]], *, for_us: bool = False
) -> None:
    """End our hold of letters that were not tried: each may be taken from that instant on.

    ``for_us`` is whether they were not, as others had just been refused because of us. One that
    another sender holds by now stays so.
    """
    if letters:
        await execute(
            session,
            _GIVE_BACK,
            {
                "ids": [held.id for held, _ in letters],
                "holders": [held.held_by for held, _ in letters],
                "again": [instant for _, instant in letters],
                "for_us": for_us,
            },
        )


async def release(session: AsyncSession, *, now: datetime) -> None:
    """Let those that waited because of us leave now."""
    await execute(session, _RELEASE, {"now": now})


async def set_right(
    session: AsyncSession, *, now: datetime, held_for: timedelta, waits: Sequence[timedelta]
) -> None:
    """Let no letter wait for an instant that only a clock has named which was set anew since.

    One that waits longer than a hold and the wait after its attempts (``waits``) explain is due
    now; `rules.reminders.decision.decide_again` puts it off again where its day has not come.
    """
    await execute(session, _SET_RIGHT, {"now": now, "held_for": held_for, "waits": list(waits)})


async def next_to_send(session: AsyncSession, *, now: datetime) -> datetime | None:
    """When the first that waits may be taken, by the caller's clock; None when none waits."""
    found: datetime | None = (await execute(session, _NEXT, {"now": now})).scalar_one()
    return found


async def waiting_reminders(session: AsyncSession) -> Waiting:
    """What waits of the reminders."""
    return Waiting(*(await execute(session, _WAITING)).one())


async def failed_reminders(session: AsyncSession, *, since: datetime) -> int:
    """How many failed since then, without those whose address is suppressed."""
    found: int = (await execute(session, _FAILED, {"since": since})).scalar_one()
    return found


async def queue_again(
    session: AsyncSession,
    *,
    now: datetime,
    practitioner_id: UUID | None,
    since: datetime | None,
) -> int:
    """Let failed ones leave after all, of everybody or one; returns how many."""
    parameters = {"now": now, "person": practitioner_id, "since": since}
    return (await execute(session, _QUEUE_AGAIN, parameters)).rowcount
