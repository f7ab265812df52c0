"""Requests that ended long ago: what was asked for goes, that it was asked for stays."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Executable, text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import quoted
from models.retention.holds import not_held
from models.statements import execute
from rules.requests.transitions import FINAL

#: Its run has ended as well, so no step comes back to look at it.
_IS_DUE = f"""
    status IN ({quoted(FINAL)}) AND emptied_at IS NULL
    AND status_since < :before AND run_state = 'settled'
    AND {not_held(person="requests.practitioner_id", request="requests.id")}
"""
_COUNT = text(f"SELECT count(*) FROM requests WHERE {_IS_DUE}")  # noqa: S608 - our own names
_PICK = text(f"""
SELECT id FROM requests WHERE {_IS_DUE}
ORDER BY status_since LIMIT :limit FOR UPDATE SKIP LOCKED
""")  # noqa: S608 - the same
#: Tables of which a row speaks of one request and says nothing that figures are made of.
DELETED = (
    "letters",
    "earlier_rounds",
    "submission_keys",
    "machine_requests",
    "setbacks",
    "ticks",
    "put_aside",
    "passed_on",
    "handed_over",
    "waiting_decisions",
    "document_readings",
    "upload_uses",
)
_TOKENS = text("""
DELETE FROM link_tokens USING activation_links
WHERE link_id = activation_links.id AND request_id = ANY(:ids)
""")
_NOTES = text("UPDATE decisions SET note = NULL WHERE request_id = ANY(:ids) AND note IS NOT NULL")
_REASONS = text("""
UPDATE operator_acts SET reason = '' WHERE request_id = ANY(:ids) AND reason <> ''
""")
_REQUESTS = text("""
UPDATE requests SET
    submission = '{}', normalised = '{}', official_record = NULL, corrections = '[]',
    idempotency_key = 'emptied:' || id, flow_run_id = NULL, pause_key = NULL, wave_id = NULL,
    emptied_at = :now
WHERE id = ANY(:ids) AND emptied_at IS NULL
""")


async def count_due(session: AsyncSession, before: datetime) -> int:
    """How many requests ended before this instant, and still hold what was asked for."""
    number: int = (await execute(session, _COUNT, {"before": before})).scalar_one()
    return number


async def pick_due(session: AsyncSession, before: datetime, limit: int) -> Sequence[UUID]:
    """Some of them, locked, the oldest first; those that somebody holds are left for next time."""
    found = await execute(session, _PICK, {"before": before, "limit": limit})
    return found.scalars().all()


async def empty(session: AsyncSession, ids: Sequence[UUID], now: datetime) -> Counter[str]:
    """Empty these requests, and delete what hangs on them; returns how many rows, by table.

    An emptied request has its codes, its times, statuses and decisions, and nothing that was
    written. Whoever asks for it by its code is told as of one that never was.
    """
    removed: Counter[str] = Counter()
    removed["link_tokens"] = await _run(session, _TOKENS, ids)
    for table in DELETED:
        delete = text(f"DELETE FROM {table} WHERE request_id = ANY(:ids)")  # noqa: S608 - our own
        removed[table] = await _run(session, delete, ids)
    removed["decisions"] = await _run(session, _NOTES, ids)
    removed["operator_acts"] = await _run(session, _REASONS, ids)
    given = {"ids": list(ids), "now": now}
    removed["requests"] = (await execute(session, _REQUESTS, given)).rowcount
    return removed


async def _run(session: AsyncSession, statement: Executable, ids: Sequence[UUID]) -> int:
    return (await execute(session, statement, {"ids": list(ids)})).rowcount
