"""A review desk of any size: requests at the gate, and officers with a session; none is real."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import psycopg

from benchmarks.card_register import vacuum
from benchmarks.people import register_practitioners
from desk.accounts.managing import make_officer
from desk.clock import utc_now
from desk.requests.submission import accept
from models.accounts.accounts import existing_account
from models.accounts.sessions import begin_session
from models.database import close_engine, transaction
from models.officers import Officer
from rules.accounts.kinds import Proof, Role
from rules.requests.statuses import Kind
from tasks.steps.validation import validate

#: Copies of the first one, each another person's, due one after the other.
_AT_THE_GATE = """
INSERT INTO requests (
  id, kind, tracking_code, practitioner_id, status, language, idempotency_key, submission,
  normalised, official_record, corrections, round, submitted_at, status_since, approvals_needed,
  review_reasons, review_due_at, run_state, run_generation, pause_count, run_restarts
)
SELECT md5('open ' || n)::uuid, kind, '0' || substr(code, 1, 3) || '-' || substr(code, 4, 4),
  md5('person ' || n)::uuid, status, language, 'open-' || n, submission, normalised,
  official_record, '[]', round, submitted_at, status_since, approvals_needed, review_reasons,
  review_due_at + n * interval '1 second', 'settled', 1, 0, 0
FROM requests, generate_series(0, %(last)s::int) n, upper(lpad(to_hex(n), 7, '0')) code
WHERE tracking_code = %(first)s
"""
_EVENTS = """
INSERT INTO request_events (request_id, at, what, to_status, actor_kind, round, announced_at)
SELECT md5('open ' || n)::uuid, now() - interval '2 days', what, what, 'pipeline', 1, now()
FROM generate_series(0, %(last)s::int) n, unnest(ARRAY['submitted', 'under_review']) what
"""


def fill_desk(address: str, *, waiting: int) -> None:
    """Put so many requests of the people on the register at the gate."""
    first = asyncio.run(_first())
    with psycopg.connect(address) as connection:
        # What triggers would note of each row is no part of the measure.
        connection.execute("SET LOCAL session_replication_role = replica")
        facts = {"last": waiting - 1, "first": first}
        connection.execute(_AT_THE_GATE, facts)
        connection.execute(_EVENTS, facts)
    vacuum(address)


def officers(how_many: int) -> Sequence[str]:
    """Make so many officers who are signed in; the tokens of their sessions."""
    return asyncio.run(_officers(how_many))


async def _first() -> str:
    (submission,) = await register_practitioners(1)
    request = await accept(Kind.PROFILE_UPDATE, submission, now=utc_now() - timedelta(days=2))
    await validate.task.fn(request.tracking_code)
    await close_engine()
    return request.tracking_code


async def _officers(how_many: int) -> list[str]:
    tokens = []
    for number in range(how_many):
        name, now = f"officer{number}", utc_now()
        async with transaction() as session:
            session.add(Officer(user_name=name))
        await make_officer(name, [Role.OFFICER], now=now)
        async with transaction() as session:
            account = await existing_account(session, officer=name)
            if account is None:
                raise TypeError(name)
            tokens.append(
                await begin_session(session, account.id, browser="", proof=Proof.TOTP, now=now)
            )
    await close_engine()
    return tokens
