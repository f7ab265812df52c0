"""The outbox of the letters about requests, accounts and the desk: hold some, stamp them together.

That of the reminders is `models.reminders.outbox`; both are sent by `tasks.sending`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request
from models.statements import FRESH_PLANS, execute
from rules.requests.letter_status import LetterStatus

# Due by the caller's clock; held by the database's, as those of machines differ.
_HOLD = """
WITH due AS (
    SELECT id FROM letters
    WHERE status = 'queued' AND next_attempt_at <= :now AND {these}
        AND (leased_until IS NULL OR leased_until < clock_timestamp())
    ORDER BY next_attempt_at LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
UPDATE letters SET lease = :lease, leased_until = clock_timestamp() + CAST(:held_for AS interval)
FROM due WHERE letters.id = due.id
RETURNING letters.id, letters.lease, letters.letter, letters.to_address, letters.facts,
    letters.link_id, letters.account_link_id, letters.created_at, letters.next_attempt_at,
    letters.attempts, letters.request_id
"""
_HOLD_OF_ALL = text(_HOLD.format(these="in_bulk = :in_bulk"))
_HOLD_OF_REQUEST = text(_HOLD.format(these="request_id = :request_id"))
# Each by the index of those that are to be sent, whether it was planned for few letters or many.
_DUE = """
SELECT FROM letters WHERE status = 'queued' AND {these} AND next_attempt_at <= :now
    AND (leased_until IS NULL OR leased_until < clock_timestamp())
"""
_OWED = text(f"""
SELECT EXISTS ({_DUE.format(these="NOT in_bulk")}), EXISTS ({_DUE.format(these="in_bulk")})
""")
_STILL_HELD = text("""
SELECT letters.id FROM letters
JOIN unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[])) AS held (id, lease)
    ON letters.id = held.id AND letters.lease = held.lease
WHERE letters.status = 'queued' AND letters.leased_until > clock_timestamp()
""")
# What the mail server has accepted is sent, whoever holds it by now: not to write it would send it
# again.
_STAMP = text("""
UPDATE letters SET status = stamped.status, server_reply = stamped.reply,
    next_attempt_at = COALESCE(stamped.again, letters.next_attempt_at),
    attempts = letters.attempts + 1, waits_for_us = stamped.for_us,
    lease = NULL, leased_until = NULL,
    settled_at = CASE WHEN stamped.status <> 'queued' THEN CAST(:now AS timestamptz) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[]), CAST(:statuses AS text[]),
    CAST(:replies AS text[]), CAST(:again AS timestamptz[]), CAST(:for_us AS boolean[]))
    AS stamped (id, lease, status, reply, again, for_us)
WHERE letters.id = stamped.id
    AND ((letters.status = 'queued' AND letters.lease = stamped.lease)
        OR (stamped.status = 'sent' AND letters.status <> 'sent'))
RETURNING letters.id, letters.status, letters.request_id, letters.letter
""")
_GIVE_BACK = text("""
UPDATE letters SET lease = NULL, leased_until = NULL
FROM unnest(CAST(:ids AS uuid[]), CAST(:leases AS uuid[])) AS given (id, lease)
WHERE letters.id = given.id AND letters.lease = given.lease
""")


class Owed(Enum):
    """How letters came to be owed: the ones never wait behind the others."""

    SINGLY = "singly"
    IN_BULK = "in bulk"


@dataclass(slots=True, repr=False)
class HeldLetter:
    """A letter that is ours to send until its lease ends."""

    id: UUID
    #: Whom the hold is known by.
    lease: UUID
    letter: str
    to: str
    #: As they are stored: without secrets.
    facts: dict[str, Any]
    #: The link that it carries, of its request or its account.
    link_id: UUID | None
    account_link_id: UUID | None
    #: The message's date.
    dated: datetime
    due_at: datetime
    #: Attempts that ended before.
    attempts: int
    #: Of the request that it is about, if it is about one.
    request_id: UUID | None
    #: Opens the link; None where it carries none, or one that opens nothing any more.
    token: str | None = None
    reminder_id: None = None


@dataclass(frozen=True, slots=True)
class LetterStamp:
    """How an attempt ended."""

    of: HeldLetter
    status: LetterStatus
    reply: str
    #: When it may be tried again; None once it has ended.
    again: datetime | None
    #: Whether it waits because we or our mail server must mend something.
    for_us: bool


@dataclass(frozen=True, slots=True)
class Stamped:
    """A row that was stamped."""

    id: UUID
    status: LetterStatus
    request_id: UUID | None
    letter: str


async def hold_letters(
    session: AsyncSession,
    *,
    now: datetime,
    lease: timedelta,
    limit: int,
    of: UUID | Owed,
) -> list[HeldLetter]:
    """Take up to ``limit`` letters that are due at ``now``, oldest first, that nobody else holds.

    Of one request, or of all those that were owed singly or in bulk.

    A hold ends by itself: whoever dies with it delays its letters until then.
    """
    await execute(session, FRESH_PLANS)
    values = {"now": now, "lease": uuid4(), "held_for": lease, "limit": limit}
    if isinstance(of, UUID):
        rows = await execute(session, _HOLD_OF_REQUEST, values | {"request_id": of})
    else:
        rows = await execute(session, _HOLD_OF_ALL, values | {"in_bulk": of is Owed.IN_BULK})
    return sorted((HeldLetter(*row) for row in rows), key=lambda held: (held.due_at, held.id))


async def owed_at(connection: AsyncConnection, now: datetime) -> set[Owed]:
    """How those came to be owed that are due at ``now`` and that nobody holds: mostly none are."""
    singly, in_bulk = (await connection.execute(_OWED, {"now": now})).one()
    return {
        owed for owed, are_there in ((Owed.SINGLY, singly), (Owed.IN_BULK, in_bulk)) if are_there
    }


async def still_held(connection: AsyncConnection, letters: Sequence[HeldLetter]) -> set[UUID]:
    """Those of these that are still wanted, and ours by the database's clock."""
    return set((await connection.execute(_STILL_HELD, _keys(letters))).scalars())


async def stamp_letters(
    session: AsyncSession, stamps: Sequence[LetterStamp], *, now: datetime
) -> list[Stamped]:
    """Write how these attempts ended, all in one statement; returns those that were ours to write.

    Whoever has lost the lease writes nothing but that a letter was accepted.
    """
    if not stamps:
        return []
    values = {
        "statuses": [row.status for row in stamps],
        "replies": [row.reply for row in stamps],
        "again": [row.again for row in stamps],
        "for_us": [row.for_us for row in stamps],
        "now": now,
    }
    rows = await execute(session, _STAMP, values | _keys([row.of for row in stamps]))
    return [Stamped(*row) for row in rows]


async def requests_of(
    session: AsyncSession, letters: Sequence[Stamped]
) -> list[tuple[Request, str]]:
    """The request and the name of each of these letters that is about one."""
    ids = {one.request_id for one in letters} - {None}
    if not ids:
        return []
    found = (await session.exec(select(Request).where(col(Request.id).in_(ids)))).all()
    requests = {one.id: one for one in found}
    return [(requests[one.request_id], one.letter) for one in letters if one.request_id]


async def give_back_letters(session: AsyncSession, letters: Sequence[HeldLetter]) -> None:
    """End our hold of letters that were not tried; one that is another's by now stays so."""
    if letters:
        await execute(session, _GIVE_BACK, _keys(letters))


def _keys(letters: Sequence[HeldLetter]) -> dict[str, Any]:
    return {"ids": [one.id for one in letters], "leases": [one.lease for one in letters]}
