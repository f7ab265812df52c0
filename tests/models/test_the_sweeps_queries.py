"""What the sweep asks every few seconds reads an index, however many requests wait for people."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import event, text
from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import engine, transaction
from models.deadlines import (
    decisions_to_land,
    due_by,
    expired_links,
    late_reviews,
    links_to_remind_of,
    newly_late_reviews,
    overdue,
)
from models.desk_letters import accounts_without
from models.documents.endings import left_in_store
from models.documents.waiting import left_to_check, take_to_check
from models.runs import runs_to_look_at, waiting_runs
from models.waiting_decisions import due_codes, not_landed, that_wait, waiting_decision_of
from rules.accounts.kinds import REVIEWING
from rules.documents.states import DocumentState
from rules.requests.statuses import Status
from support.people import register_people
from support.requests import request_at_gate
from support.uploads import upload_row

NOW = datetime(2026, 11, 25, tzinfo=UTC)
MANY = 10_000
CROWDED = ("requests", "activation_links", "uploads", "waiting_decisions", "letters")

#: Requests that wait for people, and nothing is due for any.
COPIES = """
INSERT INTO requests SELECT (jsonb_populate_record(r, jsonb_build_object(
    'id', gen_random_uuid(), 'practitioner_id', gen_random_uuid(),
    'tracking_code', CAST(:status AS text) || n, 'idempotency_key', CAST(:status AS text) || n,
    'status', CAST(:status AS text), 'waits_in', CAST(:status AS text), 'run_state', 'waiting',
    'flow_run_id', gen_random_uuid(), 'run_checked_at', now(),
    'closes_at', '2027-06-01', 'review_due_at', '2027-06-01'))).*
FROM requests AS r, generate_series(1, :many) AS n WHERE r.id = :id
"""
LINKS = """
INSERT INTO activation_links (id, request_id, purpose, serial, issued_at, expires_at)
SELECT gen_random_uuid(), id, 'activate', 1, now(), '2027-06-01' FROM requests
"""
#: Landed long ago.
DECIDED = """
INSERT INTO waiting_decisions (id, request_id, round, officer, verdict, fields, origin,
    put_down_at, lands_at, ended_at, outcome)
SELECT gen_random_uuid(), id, 1, 'amal', 'approve', '[]', 'desk_page', '2026-11-01', '2026-11-02',
    '2026-11-02', 'landed' FROM requests
"""
#: Sent long ago.
LETTERS = """
INSERT INTO letters SELECT (jsonb_populate_record(l, jsonb_build_object(
    'id', gen_random_uuid(), 'key', l.key || n, 'status', 'sent'))).*
FROM letters AS l, generate_series(1, :many) AS n WHERE l.id = (SELECT id FROM letters LIMIT 1)
"""
#: Ready, and of nobody who waits.
UPLOADS = """
INSERT INTO uploads SELECT (jsonb_populate_record(u, jsonb_build_object(
    'id', md5(n::text), 'state', CASE WHEN n % 2 = 0 THEN 'ready' ELSE 'destroyed' END,
    'wrapped_key', CASE WHEN n % 2 = 0 THEN '1:0:0' END, 'content_removed_at', now()))).*
FROM uploads AS u, generate_series(1, :many) AS n WHERE u.id = :id
"""

ASKS: dict[str, Callable[[AsyncSession], Awaitable[Any]]] = {
    "runs to move": lambda session: runs_to_look_at(session, now=NOW, limit=10),
    "runs that wait": lambda session: waiting_runs(
        session, seen_before=NOW - timedelta(days=1), limit=200
    ),
    "decisions to land": lambda session: due_by(
        session, decisions_to_land(NOW), now=NOW, limit=100
    ),
    "an officer's decisions to land": lambda session: due_codes(session, "amal", now=NOW),
    "an officer's decisions that wait": lambda session: that_wait(session, "amal"),
    "an officer's decisions that did not land": lambda session: not_landed(
        session, "amal", since=NOW
    ),
    "the decision that waits on a request": lambda session: waiting_decision_of(session, uuid4()),
    "requests to close": lambda session: due_by(session, overdue(NOW), now=NOW, limit=100),
    "links that expired": lambda session: due_by(session, expired_links(NOW), now=NOW, limit=100),
    "links to remind of": lambda session: due_by(
        session, links_to_remind_of(NOW, timedelta(days=1)), now=NOW, limit=100
    ),
    "late reviews": lambda session: due_by(session, late_reviews(NOW), now=NOW, limit=100),
    "reviews that became late": lambda session: due_by(
        session, newly_late_reviews(NOW), now=NOW, limit=100
    ),
    "officers whose morning's digest is due": lambda session: accounts_without(
        session, "desk_digest", NOW.date(), roles=REVIEWING, limit=100
    ),
    "documents to check": lambda session: take_to_check(
        session, now=NOW, lease=timedelta(minutes=2), soon=["away"]
    ),
    "documents to remove": lambda session: left_in_store(session, after="", limit=8),
    "documents left unchecked": lambda session: left_to_check(session, before=NOW),
}


async def a_crowd_waits() -> None:
    """Thousands at the gate, and for their links; and as many documents that wait for nothing."""
    await register_people()
    code = await request_at_gate()
    upload = await upload_row(state=DocumentState.READY)
    async with transaction() as session:
        for table in CROWDED:
            await session.exec(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        found = await session.exec(
            text("SELECT id FROM requests WHERE tracking_code = :code"), params={"code": code}
        )
        one = found.scalar_one()
        for status in (Status.UNDER_REVIEW, Status.AWAITING_ACTIVATION):
            wanted = {"status": status.value, "many": MANY, "id": one}
            await session.exec(text(COPIES), params=wanted)
        await session.exec(text(LINKS))
        await session.exec(text(DECIDED))
        await session.exec(text(LETTERS), params={"many": MANY})
        await session.exec(text(UPLOADS), params={"many": MANY, "id": upload.id})
    async with engine().connect() as connection:
        for table in CROWDED:
            await connection.execute(text(f"ANALYZE {table}"))
        await connection.commit()


async def test_no_question_reads_every_request(database: str) -> None:
    """PostgreSQL's own plans: no table of the crowd is read from end to end."""
    await a_crowd_waits()

    plans = {name: await plan_of(ask) for name, ask in ASKS.items()}

    for name, plan in plans.items():
        for table in CROWDED:
            assert f"Seq Scan on {table}" not in plan, f"{name}:\n{plan}"


async def plan_of(ask: Callable[[AsyncSession], Awaitable[Any]]) -> str:
    """How PostgreSQL answers the one statement that this sends."""
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        said.append((statement, values))

    target = engine().sync_engine
    event.listen(target, "before_cursor_execute", note)
    async with transaction() as session:
        await ask(session)
    event.remove(target, "before_cursor_execute", note)
    ((statement, values),) = said
    async with engine().connect() as connection:
        found = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        return "\n".join(line for (line,) in found)
