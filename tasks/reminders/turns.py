"""Send when it is this run's turn: all runs together keep to one pace and so many connections."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from mail.delivering.backoff import WAITS
from mail.settings import MailSettings
from models.database import patiently, transaction
from models.reminders.outbox import set_right
from models.reminders.reminders import count_queued
from models.reminders.turn import SendingTurn
from rules.policy.reminders import ReminderPolicy
from tasks.reminders.delivery import reminder_sender
from tasks.reminders.writing import Ready
from tasks.sending.outbox import SEND_WITHIN
from tasks.sending.run_clock import RunClock
from tasks.sending.sender import LEASE, Sender

logger = logging.getLogger("mumaris.reminders")

#: Seconds between two reports of progress, and between two looks whose turn it is.
REPORT_EVERY = 1.0


async def send_in_turn(
    clock: RunClock,
    *,
    policy: ReminderPolicy,
    patience: timedelta,
    tell: Callable[[int, int], Awaitable[None]],
) -> Counter[str]:
    """Send what waits, alone in the whole installation; see `Sender.run`.

    While another run sends, this one looks every second until nothing waits any more, the turn is
    free, or its patience ends. Without patience it looks once: whoever sends takes what it planned.
    A turn that is lost to another run (PostgreSQL was away) ends the sending in order, and is then
    waited for again. Nothing leaves once the clock was set anew since the run began.
    """
    letters = await count_waiting()
    ends = time.monotonic() + patience.total_seconds()
    sent = Counter[str]()

    async def report() -> int:
        waiting = await count_waiting()
        await tell(letters - min(letters, waiting), letters)
        return waiting

    async with SendingTurn() as turn:
        waiting = letters
        while waiting and not clock.has_jumped():
            left = timedelta(seconds=max(0.0, ends - time.monotonic()))
            if patience and not left:
                break
            if await turn.is_ours():
                await _set_right(clock.now())
                sender = reminder_sender(policy=policy, settings=MailSettings(), clock=clock.now)
                some, is_whole = await _send(sender, left, turn, report)
                sent.update(some)
                if is_whole:
                    break
            elif not patience:
                logger.info("another run sends these letters")
                break
            await asyncio.sleep(REPORT_EVERY)
            waiting = await report()
    return sent


async def _send(
    sender: Sender[Ready],
    patience: timedelta,
    turn: SendingTurn,
    report: Callable[[], Awaitable[int]],
) -> tuple[Counter[str], bool]:
    """What was sent, and whether that was all: not so where the turn was lost."""
    sending = asyncio.ensure_future(sender.run(patience=patience))
    try:
        while not sending.done():
            await asyncio.wait({sending}, timeout=REPORT_EVERY)
            await report()
            if not await turn.is_ours():
                logger.warning("another run has taken the turn to send")
                sender.stop()
                return await sending, False
        return await sending, True
    finally:
        if not sending.done():
            sender.stop()
            await asyncio.wait({sending}, timeout=SEND_WITHIN.total_seconds())
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)


@patiently
async def count_waiting() -> int:
    """How many letters wait to be sent, whichever day planned them."""
    async with transaction() as session:
        return await count_queued(session)


@patiently
async def _set_right(now: datetime) -> None:
    async with transaction() as session:
        await set_right(session, now=now, held_for=LEASE, waits=WAITS)
