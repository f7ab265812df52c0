"""Instants in the outbox that a clock wrote which has been set anew since."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute

_SET_RIGHT = text("""
UPDATE reminders SET next_attempt_at = :now
WHERE status = 'queued' AND next_attempt_at > CAST(:now AS timestamptz)
    + CAST(:held_for AS interval)
    + COALESCE((CAST(:waits AS interval[]))
        [LEAST(attempts, cardinality(CAST(:waits AS interval[])))], interval '0')
""")


async def set_right(
    session: AsyncSession, *, now: datetime, held_for: timedelta, waits: Sequence[timedelta]
) -> None:
    """Let no letter wait for an instant that only a wrong clock has named.

    One that waits longer than a hold and the wait after its attempts (``waits``) explain is due
    now; `rules.reminders.decision.decide_again` puts it off again where its day has not come.
    """
    await execute(session, _SET_RIGHT, {"now": now, "held_for": held_for, "waits": list(waits)})
