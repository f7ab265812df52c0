"""Thousands of requests that wait for people, and how PostgreSQL answers beside them."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event, text

from models.database import engine, transaction
from rules.documents.states import DocumentState
from rules.requests.statuses import Status
from support.people import register_people
from support.requests import request_at_gate
from support.uploads import upload_row

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


async def plans_of(work: Callable[[], Awaitable[Any]]) -> list[str]:
    """How PostgreSQL answers each statement that this work sends: the statement, and its plan."""
    said: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        said.append((statement, values))

    target = engine().sync_engine
    event.listen(target, "before_cursor_execute", note)
    try:
        await work()
    finally:
        event.remove(target, "before_cursor_execute", note)
    return [await _plan(statement, values) for statement, values in said]


async def _plan(statement: str, values: Any) -> str:
    async with engine().connect() as connection:
        found = await connection.exec_driver_sql(f"EXPLAIN {statement}", values)
        return "\n".join([statement, *(line for (line,) in found)])
