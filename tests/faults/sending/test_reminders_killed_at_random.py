"""``kill -9`` at random points of whole runs of reminders, planning and sending."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
from sqlmodel import col, func, select, text

from models.database import transaction
from models.reminders.reminders import Reminder
from models.settings import DatabaseSettings
from models.statements import execute
from support.patience import Patience
from support.reminding import OnFile
from support.sending import WatchedSmtp, due_cards, start_run, watched_smtp

#: New cards for each run, so that there is always something to plan and to send.
CARDS = 15
#: Where planning is stopped to be killed: before it writes, or between its writes and its commit.
TABLES = ("reminders", "cards")
_BLOCKED = "SELECT count(*) FROM pg_locks WHERE mode = 'RowExclusiveLock' AND NOT granted"


@dataclass(frozen=True)
class Death:
    """One of them."""

    phase: str
    #: Letters that the mail server accepted in this run without a stamp in our table.
    unstamped: frozenset[str]


@pytest.fixture
async def smtp(database: str) -> AsyncIterator[WatchedSmtp]:
    """A mail server that takes its time, so that runs are long enough to be hit."""
    async with watched_smtp() as found:
        found.takes = 0.01
        yield found


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("seed", "deaths_wanted"), [(20261122, 4), pytest.param(20261122, 20, marks=pytest.mark.prove)]
)
async def test_runs_that_are_killed_anywhere_lose_no_letter(
    smtp: WatchedSmtp, seed: int, deaths_wanted: int
) -> None:
    """Each copy too many has its letter's Message-ID, and was accepted without being stamped."""
    draw = random.Random(seed)  # noqa: S311 - for a test that can be repeated, not for a secret
    cards: list[OnFile] = []
    deaths: list[Death] = []
    while len(deaths) < deaths_wanted:
        cards += await due_cards(CARDS)
        deaths += await a_run_dies(smtp, draw)
        await an_hour_passes()

    last = await start_run()
    counts = await last.counts()

    told = f"seed {seed}: {[(each.phase, len(each.unstamped)) for each in deaths]}"
    arrived = Counter(smtp.ids())
    unstamped = Counter(one for death in deaths for one in death.unstamped)
    assert counts["waiting"] == 0, told
    assert set(arrived) == {await letter_of(card) for card in cards}, told
    assert arrived - Counter(set(arrived)) <= unstamped, told
    assert {each.phase for each in deaths} == {"planning", "sending"}, told


async def a_run_dies(smtp: WatchedSmtp, draw: random.Random) -> list[Death]:
    """A run that is killed; returns when nothing of it is left.

    No death where the kill met a run that had ended just then.
    """
    before = len(smtp.accepted)
    if draw.random() < 0.4:
        phase = "planning"
        async with blocked(draw.choice(TABLES)) as is_blocked:
            run = await start_run()
            await reached(is_blocked, phase)
            await asyncio.sleep(draw.uniform(0, 0.02))
            os.kill(run.pid, signal.SIGKILL)
    else:
        phase = "sending"
        point = before + draw.randint(1, CARDS + await waiting() - 1)
        run = await start_run()
        await reached(lambda: len(smtp.accepted) >= point, f"{phase}, {point} letters")
        await asyncio.sleep(draw.uniform(0, smtp.takes))
        os.kill(run.pid, signal.SIGKILL)
    has_failed = await run.process.wait() != 0
    # What the dead one had handed over is taken by the mail server even now.
    await reached(lambda: smtp.connections_now == 0, "the mail server knows that it is dead")
    death = Death(phase, frozenset(smtp.ids()[before:]) - await stamped())
    return [death] if has_failed else []


@asynccontextmanager
async def blocked(table: str) -> AsyncIterator[Callable[[], bool]]:
    """Nobody writes to this table meanwhile; yields whether somebody wants to."""
    url = DatabaseSettings().libpq_url()
    with psycopg.connect(url) as connection, psycopg.connect(url, autocommit=True) as looking:
        connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield lambda: looking.execute(_BLOCKED).fetchone() != (0,)


async def reached(there: Callable[[], bool], what: str) -> None:
    """Return within a millisecond of that; an AssertionError after a minute."""
    patience = Patience(60)
    while not there():
        assert not patience.is_at_its_end, what
        await asyncio.sleep(0.001)


async def waiting() -> int:
    """How many letters are planned and not stamped."""
    async with transaction() as session:
        query = select(func.count()).where(col(Reminder.status) == "queued")
        return (await session.exec(query)).one()


async def stamped() -> set[str]:
    """The Message-IDs of the letters that we know to be sent."""
    async with transaction() as session:
        query = select(Reminder.id).where(col(Reminder.status) == "sent")
        return {f"<{each}@example.org>" for each in (await session.exec(query)).all()}


async def an_hour_passes() -> None:
    """The holds of the dead have ended by then."""
    async with transaction() as session:
        passed = (
            "UPDATE reminders SET next_attempt_at = next_attempt_at - interval '1 hour',"
            " held_until = held_until - interval '1 hour'"
        )
        await execute(session, text(passed))


async def letter_of(card: OnFile) -> str:
    """The Message-ID of the only letter that this card gets."""
    (row,) = await card.reminders()
    assert row.status == "sent"
    return f"<{row.id}@example.org>"
