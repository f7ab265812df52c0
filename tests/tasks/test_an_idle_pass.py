"""A pass of the worker's house-keeping reads what is due, however many requests wait for people."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

from prefect.client.orchestration import PrefectClient
from sqlalchemy import update
from sqlmodel import col

from desk.documents.ending import destroy_decided, empty_store
from desk.documents.going_on import check_waiting
from models.database import transaction
from models.letters import Letter
from models.requests import Request
from models.run_states import RunState
from rules.requests.letter_status import LetterStatus
from support.crowds import CROWDED, a_crowd_waits, plans_of
from tasks.deadlines import act_on_deadlines, land_decisions
from tasks.last_times import note_sweep
from tasks.letter_delivery import deliver_letters
from tasks.mail_news import announce_mail
from tasks.runs.lost import forget_what_went_on
from tasks.runs.news import announce_news
from tasks.runs.sweeping import move_runs
from tasks.runs.waves.mending import mend_waves
from tasks.runs.waves.own_runs import OwnRuns

NOW = datetime(2026, 11, 25, tzinfo=UTC)
#: Nobody asks Prefect anything while nothing is due.
NO_CLIENT = cast("PrefectClient", None)

WORKS: dict[str, Callable[[], Awaitable[Any]]] = {
    "decisions": lambda: land_decisions(now=NOW),
    "due dates": lambda: act_on_deadlines(now=NOW),
    "that it was there": note_sweep,
    "runs": lambda: move_runs(NO_CLIENT, now=NOW),
    "waves": lambda: mend_waves(NO_CLIENT, now=NOW),
    "news": lambda: announce_news(now=NOW),
    "setbacks": lambda: forget_what_went_on(now=NOW),
    "mail": lambda: announce_mail(NO_CLIENT, now=NOW),
    "letters": lambda: deliver_letters(now=NOW),
    "documents": lambda: check_waiting(now=NOW),
    "documents that end": lambda: destroy_decided(NOW),
    "the store": lambda: empty_store(NOW),
    "the window": lambda: OwnRuns(clock=iter((0.0, 9.0, 9.0)).__next__).show(NO_CLIENT, now=NOW),
}


async def nothing_is_due() -> None:
    """The one that the crowd was copied from is settled, and its e-mail sent."""
    async with transaction() as session:
        await session.exec(
            update(Request)
            .where(col(Request.run_state) == RunState.WANTED)
            .values(run_state=RunState.SETTLED)
        )
        await session.exec(update(Letter).values(status=LetterStatus.SENT))


async def test_no_work_of_a_pass_reads_every_request(database: str) -> None:
    """PostgreSQL's own plans: no table of the crowd is read from end to end."""
    await a_crowd_waits()
    await nothing_is_due()

    plans = {name: await plans_of(work) for name, work in WORKS.items()}

    assert all(plans.values())
    for name, each in plans.items():
        for plan in each:
            for table in CROWDED:
                assert f"Seq Scan on {table}" not in plan, f"{name}:\n{plan}"
