"""Instants in the outbox that a clock wrote which has been set anew since."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.statements import execute

_SET_RIGHT = text("""
UPDATE reminders SET next_attempt_at = CASE
    WHEN examined_on > :day THEN CAST(examined_on AS timestamp) AT TIME ZONE 'Asia/Riyadh'
    ELSE CAST(:now AS timestamptz) END
WHERE status = 'queued' AND CASE
    WHEN examined_on > :day
    THEN next_attempt_at < CAST(examined_on AS timestamp) AT TIME ZONE 'Asia/Riyadh'
    ELSE next_attempt_at > CAST(:now AS timestamptz) + CAST(:held_for AS interval)
        + COALESCE((CAST(:waits AS interval[]))[attempts], interval '0') END
""")


async def set_right(
    session: AsyncSession,
    *,
    day: date,
    now: datetime,
    held_for: timedelta,
    waits: Sequence[timedelta],
) -> None:
    """Let no letter wait for an instant that only a wrong clock has named.

    One that waits longer than a hold and the wait after its attempts (``waits``) explain is due
    now. One that was planned on a later day waits for that day: its threshold is not current yet,
    and would be closed as passed.
    """
    values = {"day": day, "now": now, "held_for": held_for, "waits": list(waits)}
    await execute(session, _SET_RIGHT, values)
