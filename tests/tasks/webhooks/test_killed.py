"""A sender that is killed with a webhook in its hands: told at least once, with one id."""

import asyncio
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import update

from desk.clock import utc_now
from models.database import transaction
from models.webhooks import Webhook
from support.receiver import WebhookReceiver, subscribed
from support.requests import request_at_gate
from tasks.webhooks.passes import deliver_webhooks


@pytest.mark.parametrize(("when", "copies"), [("before", 1), ("after", 2)])
async def test_a_killed_sender_loses_none(
    receiver: WebhookReceiver, repository: Path, when: str, copies: int
) -> None:
    """Not before its hold ends; a copy too many bears the id by which it is dropped."""
    await subscribed(receiver.url(), "submitted")
    await request_at_gate(now=utc_now())

    path = os.pathsep.join([str(repository), str(repository / "tests")])
    dying = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "support.dying_webhooks", when),
        env=os.environ | {"PYTHONPATH": path},
    )
    died_of = await dying.wait()
    held = await deliver_webhooks(now=utc_now())
    await let_the_hold_end()
    freed = await deliver_webhooks(now=utc_now())

    assert (died_of, held, freed) == (-signal.SIGKILL, 0, 1)
    assert len(receiver.received) == copies
    assert len({each.id for each in receiver.received}) == 1


async def let_the_hold_end() -> None:
    """As time does."""
    async with transaction() as session:
        await session.exec(update(Webhook).values(leased_until=utc_now() - timedelta(seconds=1)))
