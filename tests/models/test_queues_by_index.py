"""Queues of a desk with thousands of cases: what few are in is read without the rest."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from models.database import transaction
from models.queues import (
    ALL_OF_IT,
    MOST_COUNTED,
    Narrowed,
    count_queues,
    officers_at_work,
    page_of_queue,
)
from models.requests import find_request
from models.statements import execute
from rules.requests.queues import Queue
from rules.requests.statuses import Kind
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
SELECT gen_random_uuid(), kind, 'COPY-' || n, practitioner_id, status, language, 'copy-' || n,
  submission, normalised, '[]', 1, submitted_at, status_since, 1, review_reasons,
  review_due_at + n * interval '1 second', 'settled', 1, 0, 0
FROM requests, generate_series(1, :cases) n
"""
_DECISIONS = """
INSERT INTO decisions (id, request_id, round, officer, verdict, origin, decided_at)
SELECT gen_random_uuid(), id, 2, 'amal', 'approve', 'python', submitted_at FROM requests
"""


@pytest.fixture
async def desk(database: str) -> None:
    """One case that an officer has, and thousands that nobody has."""
    await register_people()
    code = await request_at_gate()
    async with transaction() as session:
        # So many open requests of one person: which of them may be open is no rule of this test.
        await execute(session, text("DROP INDEX one_open_request_per_kind"))
        await execute(session, text(_COPIES), {"cases": CASES})
        await execute(session, text(_DECISIONS))
        row = await find_request(session, code, lock=True)
        row.claimed_by, row.claim_until, row.approvals_needed = "amal", NOW.replace(year=2030), 2
        # The only one of its kind, for its reason, and due before the others.
        row.kind, row.review_reasons = Kind.CARD_RENEWAL, ["hours_short"]
        assert row.review_due_at is not None
        row.review_due_at -= timedelta(days=30)
    for table in ("requests", "decisions"):
        await analysed(table)


@pytest.mark.parametrize("queue", [Queue.MINE, Queue.HELD, Queue.SECOND_OFFICER])
async def test_what_few_are_in_costs_what_few_cost(desk: None, queue: Queue) -> None:
    """However many others wait."""
    touched = await blocks_touched(
        lambda session: page_of_queue(session, queue, "amal", ALL_OF_IT, now=NOW, limit=26)
    )

    assert touched < 60


@pytest.mark.parametrize(
    "narrowed",
    [
        Narrowed(kind=Kind.CARD_RENEWAL),
        Narrowed(reason="hours_short"),
        Narrowed(held_by="amal"),
        Narrowed(due_by=NOW),
        Narrowed(kind=Kind.CARD_RENEWAL, reason="hours_short", due_by=NOW, held_by="amal"),
    ],
    ids=["kind", "reason", "officer", "due", "all together"],
)
async def test_a_queue_that_is_narrowed_to_few_costs_what_few_cost(
    desk: None, narrowed: Narrowed
) -> None:
    """The list, and the counts of all queues."""
    listed = await blocks_touched(
        lambda session: page_of_queue(session, Queue.ALL, "amal", narrowed, now=NOW, limit=26)
    )
    counted = await blocks_touched(lambda session: count_queues(session, "amal", narrowed, now=NOW))

    assert listed < 60
    assert counted < 200


async def test_who_is_at_work_is_read_without_the_rest(desk: None) -> None:
    """Few are."""
    assert await blocks_touched(lambda session: officers_at_work(session, now=NOW)) < 60


async def test_no_more_are_counted_than_anybody_reads(desk: None) -> None:
    """Then it says that there are more."""
    async with transaction() as session:
        counts = await count_queues(session, "amal", ALL_OF_IT, now=NOW)

    assert counts == dict.fromkeys(Queue, 0) | {
        Queue.MINE: 1,
        Queue.LATE: 1,
        Queue.TO_TAKE: MOST_COUNTED + 1,
        Queue.ALL: MOST_COUNTED + 1,
    }
