"""PostgreSQL restarts under everything: ours and Prefect's data are on the same server."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlmodel import col, select

from models.database import transaction
from models.letters import Letter
from models.requests import Request, history
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import Status
from stack.postgres import EmbeddedPostgres
from support.faults import Parts, all_end_activated, people_act, submit_specialty, until
from support.stack import restart

STEPS = [
    Status.SUBMITTED,
    Status.UNDER_REVIEW,
    Status.APPROVED,
    "reference_issued",
    Status.AWAITING_ACTIVATION,
    Status.ACTIVATED,
]


def crash(postgres: EmbeddedPostgres) -> None:
    """As a lack of memory does: nothing is written out, the log is replayed at the start."""
    os.kill(postgres.pid, signal.SIGQUIT)
    restart(postgres)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("fault", [restart, crash])
async def test_nothing_is_lost_when_postgresql_goes_away_in_mid_run(
    parts: Parts, fault: Callable[[EmbeddedPostgres], None]
) -> None:
    """It happens while requests are at every step; the worker lives on, and all come into force."""
    with parts.worker() as worker:
        requests = [await submit_specialty(fault.__name__) for _ in range(6)]
        codes = [request.tracking_code for request in requests]
        acting = asyncio.create_task(people_act(parts.post, *codes))
        for letters in (1, 3):
            await until(partial(one_has, parts, requests, letters), "one has come so far")
            await asyncio.to_thread(fault, parts.postgres)
        await asyncio.wait_for(acting, 600)

        await all_end_activated(parts, *codes)
        # A sender that was cut off leaves its lease behind: what it held leaves when that ends.
        await until(all_are_sent, "every e-mail has left", within=200)
        assert worker.is_running()
    for request in requests:
        assert await told(request) == STEPS
        assert await sent(parts, request) == {"received": 1, "activation": 1, "activated": 1}


def one_has(parts: Parts, requests: list[Request], letters: int) -> bool:
    """Whether one of the requests has come to so many letters."""
    return any(len(parts.post.letters(one.tracking_code)) >= letters for one in requests)


async def told(request: Request) -> list[str]:
    """What the request's history says, without the restarts of its run."""
    async with transaction() as session:
        events = await history(session, request.id)
    return [event.what for event in events if event.what != "run_restarted"]


async def all_are_sent() -> bool:
    """Whether no letter waits."""
    async with transaction() as session:
        waiting = select(Letter.id).where(col(Letter.status) == LetterStatus.QUEUED).limit(1)
        return (await session.exec(waiting)).first() is None


async def sent(parts: Parts, request: Request) -> dict[str, int]:
    """How often the mail server got each letter of the request."""
    async with transaction() as session:
        query = select(Letter).where(col(Letter.request_id) == request.id)
        letters = (await session.exec(query)).all()
    arrived = Counter(one.message_id for one in parts.post.letters(request.tracking_code))
    return {one.letter: arrived[f"<{one.id}@localhost>"] for one in letters}
