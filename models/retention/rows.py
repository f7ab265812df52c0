"""Rows that are deleted, or lose an address, a time after they were written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import quoted
from models.retention.holds import not_held
from models.statements import execute
from rules.requests.transitions import FINAL


@dataclass(frozen=True)
class OldRows:
    """The old rows of one table: which, and what becomes of them."""

    table: str
    is_old: str
    order: str
    #: An UPDATE's assignments; None deletes.
    assignments: str | None = None

    async def count_due(self, session: AsyncSession, before: datetime) -> int:
        """How many are older than this instant."""
        query = text(f"SELECT count(*) FROM {self.table} WHERE {self.is_old}")  # noqa: S608 - ours
        number: int = (await execute(session, query, {"before": before})).scalar_one()
        return number

    async def pick_due(self, session: AsyncSession, before: datetime, limit: int) -> Sequence[Any]:
        """The ids of some, locked, the oldest first; what somebody holds is left for next time."""
        query = text(
            f"SELECT id FROM {self.table} WHERE {self.is_old} "  # noqa: S608 - our own names
            f"ORDER BY {self.order} LIMIT :limit FOR UPDATE SKIP LOCKED"
        )
        found = await execute(session, query, {"before": before, "limit": limit})
        return found.scalars().all()

    async def remove(
        self,
        session: AsyncSession,
        ids: Sequence[Any],
        now: datetime,  # noqa: ARG002 - as `models.retention.requests.empty` is called
    ) -> Counter[str]:
        """Remove these; returns how many rows."""
        what = f"DELETE FROM {self.table}"  # noqa: S608 - our own names
        if self.assignments:
            what = f"UPDATE {self.table} SET {self.assignments}"  # noqa: S608 - the same
        done = await execute(session, text(f"{what} WHERE id = ANY(:ids)"), {"ids": list(ids)})
        return Counter({self.table: done.rowcount})


_PERSON_OF_LETTER = """coalesce(
    (SELECT practitioner_id FROM requests WHERE requests.id = letters.request_id),
    (SELECT practitioner_id FROM accounts WHERE accounts.id = account_id))"""
_LETTER_FREE = not_held(person=_PERSON_OF_LETTER, request="letters.request_id")
_ENDED = f"requests.status IN ({quoted(FINAL)}) AND run_state = 'settled'"
#: What waits to be sent stays, and so does what a step of a request may look for.
EMAILS = OldRows(
    "letters",
    f"""created_at < :before AND status <> 'queued' AND (request_id IS NULL OR EXISTS (
        SELECT FROM requests WHERE requests.id = request_id
            AND {_ENDED}))
        AND NOT EXISTS (SELECT FROM address_codes WHERE letter_id = letters.id)
        AND NOT EXISTS (SELECT FROM newcomer_sessions WHERE letter_id = letters.id)
        AND {_LETTER_FREE}""",  # noqa: S608
    "created_at",
)
REMINDERS = OldRows(
    "reminders",
    "examined_on < CAST(:before AT TIME ZONE 'Asia/Riyadh' AS date)"
    " AND address IS NOT NULL AND status NOT IN ('queued', 'deferred') AND "
    + not_held(person="reminders.practitioner_id", request="NULL"),
    "examined_on",
    "address = NULL, server_reply = NULL",
)
LOOKS = OldRows(
    "access_log",
    "at < :before AND "
    + not_held(person="access_log.practitioner_id", request="access_log.request_id"),
    "at, id",
)
#: One that a request still names says in which run it came so far.
WAVES = OldRows(
    "waves",
    "ended_at < :before AND NOT EXISTS (SELECT FROM requests WHERE wave_id = waves.id)",
    "ended_at",
)
