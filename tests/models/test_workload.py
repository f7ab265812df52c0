"""The workload of a house with thousands of cases and decisions costs what is counted."""

import pytest
from sqlalchemy import text

from models.database import transaction
from models.requests import find_request
from models.statements import execute
from models.workload import count_decided, count_in_hand, count_put_aside, median_minutes
from support.people import register_people
from support.plans import analysed, blocks_touched
from support.requests import NOW, request_at_gate

CASES = 6_000
_COPIES = """
INSERT INTO requests (
  id, kind, tracking_code, practitioner_id, status, language, idempotency_key, submission,
  normalised, corrections, round, submitted_at, status_since, approvals_needed, review_reasons,
  review_due_at, run_state, run_generation, pause_count, run_restarts
)
SELECT gen_random_uuid(), kind, 'COPY-' || n, practitioner_id, 'under_review', language,
  'copy-' || n, submission, normalised, '[]', 1, submitted_at, status_since, 1, review_reasons,
  review_due_at + n * interval '1 second', 'settled', 1, 0, 0
FROM requests, generate_series(1, :cases) n
"""
#: One an hour, so that some hundred are of the last days.
_DECISIONS = """
INSERT INTO decisions (id, request_id, round, officer, verdict, origin, decided_at)
SELECT gen_random_uuid(), id, 1, 'amal', 'approve', 'python',
  CAST(:now AS timestamptz) - substr(tracking_code, 6)::int * interval '1 hour'
FROM requests WHERE tracking_code LIKE 'COPY-%'
"""
_EVENTS = """
INSERT INTO request_events (request_id, at, what, actor_kind, actor, round)
SELECT request_id, decided_at - interval '3 minutes', 'claimed', 'officer', 'amal', 1
FROM decisions WHERE officer = 'amal'
"""


@pytest.fixture
async def house(database: str) -> None:
    """One case that an officer has, one that was decided, and thousands of both."""
    await register_people()
    code = await request_at_gate()
    async with transaction() as session:
        # So many open requests of one person: which of them may be open is no rule of this test.
        await execute(session, text("DROP INDEX one_open_request_per_kind"))
        await execute(session, text(_COPIES), {"cases": CASES})
        await execute(session, text(_DECISIONS), {"now": NOW})
        await execute(session, text(_EVENTS))
        row = await find_request(session, code, lock=True)
        row.claimed_by, row.claim_until = "amal", NOW.replace(year=2030)
    for table in ("requests", "decisions", "request_events"):
        await analysed(table)


async def test_it_costs_what_is_counted(house: None) -> None:
    """Few claims beside thousands of cases; a week's decisions beside those of most of a year."""
    week = NOW.replace(day=NOW.day - 7)
    touched = {
        "in hand": await blocks_touched(
            lambda session: count_in_hand(session, now=NOW, today_ends=NOW)
        ),
        "put aside": await blocks_touched(lambda session: count_put_aside(session, now=NOW)),
        "decided": await blocks_touched(lambda session: count_decided(session, since=week)),
        "minutes": await blocks_touched(lambda session: median_minutes(session, since=week)),
    }

    async with transaction() as session:
        [decided] = await count_decided(session, since=week)
        medians = await median_minutes(session, since=week)
    assert decided.number == 168
    assert {one.minutes for one in medians} == {3.0}
    assert touched["in hand"] < 60
    assert touched["put aside"] < 20
    # Some blocks for each decision of the week, whose requests are looked up; no more.
    assert touched["decided"] < 168 * 3 + 40
    assert touched["minutes"] < 168 * 6 + 40
