"""What the sweep asks every few seconds reads an index, however many requests wait for people."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import transaction
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
from support.crowds import CROWDED, a_crowd_waits, plans_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)
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


async def test_no_question_reads_every_request(database: str) -> None:
    """PostgreSQL's own plans: no table of the crowd is read from end to end."""
    await a_crowd_waits()

    plans = {name: await plan_of(ask) for name, ask in ASKS.items()}

    for name, plan in plans.items():
        for table in CROWDED:
            assert f"Seq Scan on {table}" not in plan, f"{name}:\n{plan}"


async def plan_of(ask: Callable[[AsyncSession], Awaitable[Any]]) -> str:
    """How PostgreSQL answers the one statement that this sends."""

    async def work() -> None:
        async with transaction() as session:
            await ask(session)

    (plan,) = await plans_of(work)
    return plan
