"""Several runs of reminders at once, in several processes: one of them sends at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from models.reminders.turn import SendingTurn
from models.settings import DatabaseSettings
from rules.policy.thresholds import Topic
from support.faults import until
from support.policies import policy_with
from support.reminding import SUNDAY, Runs, noon, running, statuses
from support.sending import WatchedSmtp, due_cards, start_run, watched_smtp
from tasks.reminders.run import RunReport, run_reminders

_PACE = "letters_per_second = 50"
_DOMAIN_PACE = "letters_per_second_per_domain = 20"
#: Ten a second.
_SLOW = (_PACE, "letters_per_second = 10")
_LOCK = "SELECT pg_advisory_lock(hashtextextended('mumaris:reminders:sending', 0))"
_END = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
async def smtp(database: str) -> AsyncIterator[WatchedSmtp]:
    """A mail server that every process finds."""
    async with watched_smtp() as found:
        yield found


def patient_run() -> "asyncio.Task[RunReport]":
    """A run in this process, at noon, with hours ahead of it."""
    return asyncio.create_task(run_reminders(Topic.CARD, run="test", clock=running(noon(SUNDAY))))


@asynccontextmanager
async def database_connection() -> AsyncIterator[psycopg.AsyncConnection]:
    """Somebody else's, on the same database."""
    url = DatabaseSettings().libpq_url()
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        yield connection


async def asks_for_its_turn(number: int = 1) -> bool:
    """Whether so many runs have asked whose turn it is."""
    async with database_connection() as connection:
        found = await connection.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'mumaris reminders'"
        )
        return await found.fetchone() == (number,)


async def end_the_holder(connection: psycopg.AsyncConnection) -> None:
    """PostgreSQL ends the session whose turn it is."""
    ended = await connection.execute(_END)
    assert await ended.fetchall() == [(True,)]


@pytest.mark.parametrize(
    "changes",
    [
        ((_PACE, "letters_per_second = 40"), (_DOMAIN_PACE, "letters_per_second_per_domain = 0")),
        ((_PACE, "letters_per_second = 0"), (_DOMAIN_PACE, "letters_per_second_per_domain = 40")),
    ],
    ids=["in all", "to one domain"],
)
async def test_two_runs_at_once_keep_to_one_pace(
    smtp: WatchedSmtp, tmp_path: Path, changes: tuple[tuple[str, str], ...]
) -> None:
    """120 letters at 40 a second take three seconds; at twice the pace they would take half."""
    await due_cards(120)
    with policy_with(tmp_path, *changes):
        both = [await start_run(patient=True) for _ in range(2)]
        counts = [await run.counts() for run in both]

    assert sum(each["sent"] for each in counts) == 120
    assert len(set(smtp.ids())) == len(smtp.ids()) == 120
    assert smtp.seconds() > 2
    assert smtp.most_connections <= 4


async def test_no_more_connections_are_open_than_policy_says(smtp: WatchedSmtp) -> None:
    """However slow the mail server is and however many letters wait."""
    smtp.takes = 0.005
    runs = Runs(smtp)
    runs.policy = replace(runs.policy, connections=3)
    await due_cards(40)
    await runs.plan(SUNDAY)

    sent = await runs.send(SUNDAY)

    assert sent["sent"] == 40
    assert smtp.most_connections == 3


async def test_a_run_sends_nothing_before_its_turn(smtp: WatchedSmtp) -> None:
    """It waits, and sends when the other has ended."""
    await due_cards(3)
    async with SendingTurn() as other:
        assert await other.is_ours()
        run = patient_run()
        await until(lambda: asks_for_its_turn(2), "the run asks for its turn")
        assert smtp.accepted == []

    report = await run
    assert report.sent == len(smtp.accepted) == 3


async def test_a_run_whose_letters_another_sends_ends_with_them(smtp: WatchedSmtp) -> None:
    """The outbox is common: it has nothing left to do, although it was never its turn."""
    await due_cards(3)
    async with SendingTurn() as other:
        assert await other.is_ours()
        run = patient_run()
        await until(lambda: asks_for_its_turn(2), "the run asks for its turn")
        await Runs(smtp).send(SUNDAY, at=noon(SUNDAY) + timedelta(hours=1))

        report = await run

    assert (report.sent, report.waiting) == (0, 0)
    assert len(smtp.accepted) == 3


async def test_a_run_without_patience_leaves_its_letters_to_the_other(smtp: WatchedSmtp) -> None:
    """It ends at once, and says that they wait."""
    await due_cards(3)
    async with SendingTurn() as other:
        assert await other.is_ours()

        report = await run_reminders(
            Topic.CARD, run="test", clock=running(noon(SUNDAY)), at_any_hour=True
        )

    assert (report.sent, report.waiting) == (0, 3)


async def test_a_turn_that_is_lost_to_another_ends_the_sending_in_order(
    smtp: WatchedSmtp, tmp_path: Path
) -> None:
    """It stops, with all stamped that was accepted; the rest leaves when it can again."""
    await due_cards(40)
    with policy_with(tmp_path, _SLOW):
        run = await start_run(patient=True)
        await until(lambda: len(smtp.accepted) > 5, "letters leave")
        async with database_connection() as breaker, database_connection() as other:
            waiting = asyncio.create_task(other.execute(_LOCK))
            await end_the_holder(breaker)
            await waiting
            await until(lambda: smtp.connections_now == 0, "the sending has ended")
            left = len(smtp.accepted)
            # What was accepted last is stamped after its connection has ended.
            async with asyncio.timeout(60):
                while (await statuses())["sent"] != left:  # noqa: ASYNC110 - only the database tells
                    await asyncio.sleep(0.05)

        counts = await run.counts()

    assert 5 < left < 40
    assert counts == {"examined": 40, "sent": 40, "waiting": 0}
    assert len(set(smtp.ids())) == len(smtp.ids()) == 40


async def test_a_connection_that_is_lost_to_nobody_stops_nothing(
    smtp: WatchedSmtp, tmp_path: Path
) -> None:
    """PostgreSQL ended it: the turn is taken again before another asks."""
    await due_cards(40)
    with policy_with(tmp_path, _SLOW):
        run = await start_run(patient=True)
        await until(lambda: len(smtp.accepted) > 5, "letters leave")
        connections = smtp.connections
        async with database_connection() as breaker:
            await end_the_holder(breaker)
        await until(lambda: len(smtp.accepted) > 30, "letters leave still")
        still = smtp.connections
        counts = await run.counts()

    assert still == connections == 4
    assert counts == {"examined": 40, "sent": 40, "waiting": 0}
    assert len(set(smtp.ids())) == len(smtp.ids()) == 40


async def test_a_run_that_is_cancelled_ends_in_order(smtp: WatchedSmtp) -> None:
    """What was accepted is stamped, so the next run sends only the rest."""
    smtp.takes = 0.02
    await due_cards(40)
    run = patient_run()
    await until(lambda: len(smtp.accepted) > 5, "letters leave")

    run.cancel()
    await asyncio.wait({run})
    left = len(smtp.accepted)
    assert run.cancelled()
    assert left < 40
    assert (await statuses())["sent"] == left

    again = await run_reminders(
        Topic.CARD,
        run="test",
        at_any_hour=True,
        clock=running(noon(SUNDAY) + timedelta(minutes=1)),
    )
    assert again.sent == 40 - left
    assert len(set(smtp.ids())) == len(smtp.ids()) == 40
