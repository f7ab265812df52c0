"""The sender of every e-mail and webhook: hold a set, deliver it, stamp it together.

At least once, with a stable id. A letter goes out twice only where a process died between
the server's reply and the stamp, which follows within `STAMP_EVERY`. No transaction is open while a
letter travels. No letter leaves once the clock has been set anew: which day it is, and whether
letters leave at this hour, is for the next run to find out.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import Generic, NamedTuple

from desk.clock import utc_now
from mail.delivering.outcomes import Accepted, Outcome, Withheld
from tasks.sending.carriage import Carriage, Carry
from tasks.sending.leases import StillOurs
from tasks.sending.outbox import SEND_WITHIN, L, Outbox
from tasks.sending.run_clock import Clock, RunClock
from tasks.sending.stamping import write_down

logger = logging.getLogger("mumaris.letters")

#: How long held letters are ours. A process that dies holding them delays them by as much.
LEASE = timedelta(seconds=60)
#: Letters held at once; those that do not go in time are given back.
BATCH = 500
#: Seconds after which what has ended is stamped, however little it is.
STAMP_EVERY = 0.2
#: So many deferrals in a row mean that the mail server is away, not that a letter is bad.
TROUBLE = 10
#: Seconds until the first look whether letters that wait have come due; then twice as long each
#: time, up to the second number. Most of them are held by somebody who is just sending them.
LOOK_AFTER = (0.2, 5.0)
#: Seconds to leave a mail server alone that is away; the last one again and again.
PAUSES = (2, 5, 15, 30)


class _Work(NamedTuple, Generic[L]):
    """A letter to send, and until when it may be begun, on the run's clock, in its ticks."""

    letter: L
    stop_at: float


class Sender(Generic[L]):
    """Sends what is due, over several connections, until nothing is left to send.

    Safe to run in many places at once: a letter is held by one of them at a time. A server that
    hangs on a letter delays those that meet it, for `SEND_WITHIN` at most, and no others. While
    mail is known not to leave, one letter finds out whether that is still so.
    """

    def __init__(
        self,
        outbox: Outbox[L],
        *,
        carriage: Carriage[L],
        connections: int,
        clock: Clock = utc_now,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """For time see `RunClock`."""
        self._outbox = outbox
        self._carriage = carriage
        self._connections = connections
        self._clock = RunClock(clock, ticks, sleep)
        #: The tick from which on no letter leaves any more.
        self._ends_at = inf
        self._still_ours = StillOurs(outbox)
        self._queue: asyncio.Queue[_Work[L] | None] = asyncio.Queue(BATCH)
        self._tried: list[tuple[L, Outcome]] = []
        self._returned: list[L] = []
        #: Something has left since it began.
        self.has_left = False
        #: Mail is known not to leave.
        self.is_away = False
        self._streak = 0
        self._pauses = 0
        self._look_after = LOOK_AFTER[0]
        #: Letters were given back only because their turn is later: they are waited for.
        self._is_paced = False
        self.counts: Counter[str] = Counter()

    async def run(self, *, patience: timedelta = timedelta(0)) -> Counter[str]:
        """Send; returns how many attempts ended in which status, ``skipped`` before any.

        ``patience`` is how long letters may leave from now on, and how long those that wait for the
        mail server are waited for; what is still left then is found by the next run. Without any,
        everything that is due leaves, however long it takes, and nothing is waited for.
        """
        done = asyncio.Event()
        if patience:
            self._ends_at = self._clock.ticks() + patience.total_seconds()
        try:
            async with asyncio.TaskGroup() as group:
                couriers = [group.create_task(self._courier()) for _ in range(self._connections)]
                stamper = group.create_task(self._stamper(done))
                await self._feed(self._clock.now() + patience)
                for _ in couriers:
                    await self._queue.put(None)
                await asyncio.gather(*couriers)
                done.set()
                await stamper
        finally:
            # Also where this was cut: what was accepted is not to be sent again.
            self._returned += [work.letter for work in self._left()]
            await self._flush()
        if self._clock.has_jumped():
            logger.warning("the clock was set anew: the next run sends what is left")
        return self.counts

    def stop(self) -> None:
        """End in order: no letter is begun, those held are given back, what has ended is stamped.

        `run` returns once the mail server has answered about the letters on their way.
        """
        self._clock.stop()

    def _is_over(self) -> bool:
        clock = self._clock
        return clock.is_stopped or clock.ticks() >= self._ends_at or clock.has_jumped()

    def _in_trouble(self) -> bool:
        return self._streak >= (1 if self.is_away else TROUBLE)

    async def _feed(self, give_up_at: datetime) -> None:
        while not self._is_over():
            if self._in_trouble() and not await self._pause(give_up_at):
                return
            stop_at = self._clock.ticks() + (LEASE - SEND_WITHIN).total_seconds()
            taken = await self._outbox.take(self._clock.now(), LEASE, BATCH)
            self.counts["skipped"] += taken.held - len(taken.ready)
            self.is_away = taken.away
            self._is_paced = self._is_paced and not taken.held
            if taken.held:
                self._look_after = LOOK_AFTER[0]
            for letter in taken.ready:
                await self._queue.put(_Work(letter, stop_at))
                if self.is_away:
                    # The next set is taken knowing what became of it.
                    await self._queue.join()
                    await self._flush()
            if not taken.held and not await self._worth_waiting(give_up_at):
                return

    async def _pause(self, give_up_at: datetime) -> bool:
        """Leave the mail server alone for a while; False when nothing is to be sent after it."""
        await self._queue.join()
        await self._flush()
        seconds = PAUSES[min(self._pauses, len(PAUSES) - 1)]
        self._pauses += 1
        self._streak = 0
        if self._clock.now() + timedelta(seconds=seconds) > give_up_at:
            return False
        logger.warning("the mail server is away; next try in %d s", seconds)
        await self._clock.wait(seconds)
        return not self._is_over()

    async def _worth_waiting(self, give_up_at: datetime) -> bool:
        await self._queue.join()
        await self._flush()
        first = await self._outbox.next_due(self._clock.now())
        if first is None or (first > give_up_at and not self._is_paced):
            return False
        left = max((first - self._clock.now()).total_seconds(), LOOK_AFTER[0])
        await self._clock.wait(min(left, self._look_after))
        self._look_after = min(self._look_after * 2, LOOK_AFTER[1])
        return True

    async def _courier(self) -> None:
        async with self._carriage.line() as carry:
            while (work := await self._queue.get()) is not None:
                try:
                    await self._attend(carry, *work)
                finally:
                    self._queue.task_done()
                _heed_cancellation()
        self._queue.task_done()

    async def _attend(self, carry: Carry[L], letter: L, stop_at: float) -> None:
        if not await self._may_leave(letter, stop_at):
            self._returned.append(letter)
            return
        outcome = await carry(letter, partial(self._still_ours.ask, letter))
        if isinstance(outcome, Withheld):
            self._returned.append(letter)
            return
        is_trouble = self._carriage.is_trouble(outcome)
        if is_trouble is not None:
            self._streak = self._streak + 1 if is_trouble else 0
        if isinstance(outcome, Accepted):
            self._pauses, self.has_left = 0, True
        self._tried.append((letter, outcome))

    async def _may_leave(self, letter: L, stop_at: float) -> bool:
        """Wait for the letter's turn, if it comes in time and finds a mail server there."""
        if self._in_trouble() or self._is_over():
            return False
        at = self._carriage.turn(letter, self._clock.ticks(), until=stop_at)
        if at is None:
            # It would outlive its hold.
            self._is_paced = True
            return False
        if (wait_for := at - self._clock.ticks()) > 0:
            await self._clock.wait(wait_for)
        return not self._is_over() and self._outbox.is_current(letter, self._clock.now())

    async def _stamper(self, done: asyncio.Event) -> None:
        while not done.is_set():
            try:
                await asyncio.wait_for(done.wait(), STAMP_EVERY)
            except TimeoutError:
                await self._flush()

    def _left(self) -> Iterator[_Work[L]]:
        """What no courier has taken."""
        while not self._queue.empty():
            if (work := self._queue.get_nowait()) is not None:
                yield work

    async def _flush(self) -> None:
        tried, self._tried = self._tried, []
        returned, self._returned = self._returned, []
        if not tried and not returned:
            return
        is_away = self._streak > 0 and (not self.has_left or self._in_trouble())
        now = self._clock.now()
        try:
            self.counts += await write_down(
                self._outbox, self._carriage, tried, returned, now=now, is_away=is_away
            )
        except BaseException:
            # Written again, it changes nothing.
            self._tried += tried
            self._returned += returned
            raise


def _heed_cancellation() -> None:
    """On Python 3.11 `asyncio.wait_for` loses one that comes together with what it waits for.

    aiosmtplib waits by it: a connection that ends in the same moment would hide that we are to end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
