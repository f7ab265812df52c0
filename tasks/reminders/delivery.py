"""Send the planned reminders: hold some, write them, deliver them, stamp them together.

At least once, with a stable Message-ID. A letter goes out twice only where a process died between
the server's reply and the stamp, which follows within `STAMP_EVERY`. No transaction is open while a
letter travels. No letter leaves once the clock has been set anew: whether its threshold is current,
and whether letters leave at this hour, is for the next run to find out.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from desk.clock import utc_now
from mail.addresses import AddressMalformed, HeaderUnsafe
from mail.composing.message import Message
from mail.composing.skeleton import Skeletons
from mail.delivering.outcomes import Accepted, Deferred, DeferredKind, Outcome, Withheld
from mail.delivering.pace import Pace
from mail.delivering.pipelining import PipeliningCourier
from mail.facts.letter import FactMissing
from mail.settings import MailSettings
from models.database import transaction
from models.reminders.outbox import next_to_send
from rules.policy.reminders import ReminderPolicy
from rules.reminders.decision import ReminderStatus
from rules.values.dates import riyadh_day
from tasks.reminders.run_clock import Clock, RunClock
from tasks.reminders.stamping import (
    Ended,
    judged,
    not_a_letter,
    put_off,
    release_all,
    stamp_all,
)
from tasks.reminders.writing import Ready, facts_of, take

logger = logging.getLogger("mumaris.reminders")

#: How long held letters are ours.
LEASE = timedelta(seconds=60)
#: How long one letter may take, all replies of the mail server together.
SEND_WITHIN = timedelta(seconds=20)
#: Letters held at once.
BATCH = 500
#: After how long a letter that was given back may be held again.
GIVEN_BACK_FOR = timedelta(seconds=2)
#: Seconds after which what has ended is stamped, however little it is.
STAMP_EVERY = 0.2
#: So many deferrals in a row mean that the mail server is away, not that a letter is bad.
TROUBLE = 10
#: Seconds until the first look whether letters that wait have come due; then twice as long each
#: time, up to the second number. Most of them are held by somebody who is just sending them.
LOOK_AFTER = (0.2, 5.0)
#: Seconds to leave a mail server alone that is away; the last one again and again.
PAUSES = (2, 5, 15, 30)


class _Work(NamedTuple):
    """A letter to send, and for how long it may be begun, and is ours."""

    ready: Ready
    #: On the run's clock, in its ticks.
    stop_at: float
    #: On `_uptime`.
    ours_until: float


def _uptime() -> float:
    """Seconds that go on while the process, or the machine, sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Sender:
    """Sends what is due, over several connections, until nothing is left to send.

    Safe to run in many places at once: a letter is held by one of them at a time.
    """

    def __init__(
        self,
        *,
        policy: ReminderPolicy,
        settings: MailSettings,
        clock: Clock = utc_now,
        ticks: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """For time see `RunClock`."""
        self._policy = policy
        self._settings = settings
        self._clock = RunClock(clock, ticks, sleep)
        #: The tick from which on no letter leaves any more.
        self._ends_at = inf
        self._skeletons = Skeletons(settings)
        self._pace = Pace(
            per_second=policy.letters_per_second,
            per_second_per_domain=policy.letters_per_second_per_domain,
        )
        self._queue: asyncio.Queue[_Work | None] = asyncio.Queue(BATCH)
        self._ended: list[Ended] = []
        self._has_left = False
        self._returned: list[tuple[Ready, datetime]] = []
        self._streak = 0
        self._pauses = 0
        self._look_after = LOOK_AFTER[0]
        #: Letters were given back only because their turn is later: they are waited for.
        self._is_paced = False
        self.counts: Counter[str] = Counter()

    async def run(self, *, patience: timedelta = timedelta(0)) -> Counter[str]:
        """Send; returns how many attempts ended in which `ReminderStatus`.

        ``patience`` is how long letters may leave from now on, and how long those that wait for the
        mail server are waited for; what is still left then is found by the next run. Without any,
        everything that is due leaves, however long it takes, and nothing is waited for.
        """
        done = asyncio.Event()
        # Whoever starts a run after mending something does not wait for the pauses to end.
        await release_all(now=self._clock.now())
        if patience:
            self._ends_at = self._clock.ticks() + patience.total_seconds()
        async with asyncio.TaskGroup() as group:
            couriers = [group.create_task(self._courier()) for _ in range(self._policy.connections)]
            stamper = group.create_task(self._stamper(done))
            await self._feed(self._clock.now() + patience)
            for _ in couriers:
                await self._queue.put(None)
            await asyncio.gather(*couriers)
            done.set()
            await stamper
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

    async def _feed(self, give_up_at: datetime) -> None:
        while not self._is_over():
            if self._streak >= TROUBLE and not await self._pause(give_up_at):
                return
            stop_at = self._clock.ticks() + (LEASE - SEND_WITHIN).total_seconds()
            ours_until = _uptime() + LEASE.total_seconds()
            found, ready = await take(
                now=self._clock.now(), lease=LEASE, limit=BATCH, policy=self._policy
            )
            self.counts[ReminderStatus.SKIPPED] += found - len(ready)
            self._is_paced = self._is_paced and not found
            if found:
                self._look_after = LOOK_AFTER[0]
            for one in ready:
                await self._queue.put(_Work(one, stop_at, ours_until))
            if not found and not await self._worth_waiting(give_up_at):
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
        async with transaction() as session:
            first = await next_to_send(session, now=self._clock.now())
        if first is None or (first > give_up_at and not self._is_paced):
            return False
        left = max((first - self._clock.now()).total_seconds(), LOOK_AFTER[0])
        await self._clock.wait(min(left, self._look_after))
        self._look_after = min(self._look_after * 2, LOOK_AFTER[1])
        return True

    async def _courier(self) -> None:
        async with PipeliningCourier(self._settings) as courier:
            while (work := await self._queue.get()) is not None:
                try:
                    await self._attend(courier, work)
                finally:
                    self._queue.task_done()
        self._queue.task_done()

    async def _attend(self, courier: PipeliningCourier, work: _Work) -> None:
        ready = work.ready
        message = None
        if await self._may_leave(ready, work.stop_at):
            message = self._write(ready)
            if message is None:
                return
        outcome: Outcome = Withheld()
        if message is not None:
            sender = self._settings.envelope_sender(ready.held.id)
            outcome = await _deliver(courier, message, work, sender)
        if isinstance(outcome, Withheld):
            self._returned.append((ready, self._clock.now() + GIVEN_BACK_FOR))
            return
        self._streak = self._streak + 1 if isinstance(outcome, Deferred) else 0
        if isinstance(outcome, Accepted):
            self._pauses, self._has_left = 0, True
        self._ended.append(Ended(ready, judged(ready, outcome, now=self._clock.now()), outcome))

    async def _may_leave(self, ready: Ready, stop_at: float) -> bool:
        """Wait for the letter's turn, if it comes in time and finds a mail server there."""
        if self._streak >= TROUBLE or self._is_over():
            return False
        at = self._pace.reserve(ready.person.mailbox, self._clock.ticks(), until=stop_at)
        if at is None:
            # It would outlive its hold.
            self._is_paced = True
            return False
        if (wait_for := at - self._clock.ticks()) > 0:
            await self._clock.wait(wait_for)
        # After midnight its sentences would count from yesterday.
        return not self._is_over() and ready.day == riyadh_day(self._clock.now())

    def _write(self, ready: Ready) -> Message | None:
        """The letter; one that cannot be written ends here and never stops the others."""
        try:
            return self._skeletons.compose(
                facts_of(ready, settings=self._settings),
                to=ready.person.email,
                letter_id=ready.held.id,
                created_at=ready.at,
            )
        except (FactMissing, HeaderUnsafe, AddressMalformed) as fault:
            ended = not_a_letter(ready, fault, now=self._clock.now())
        except Exception as fault:  # noqa: BLE001 - one letter must not stop the others
            # Ours, not the person's: it heals when the template or the program is mended.
            ended = put_off(ready, type(fault).__name__, now=self._clock.now(), about_us=True)
        # The fault's own text may hold personal data; its type and the letter's id do not.
        logger.error("reminder %s cannot be written: %s", ready.held.id, ended.reply)
        self._ended.append(Ended(ready, ended))
        return None

    async def _stamper(self, done: asyncio.Event) -> None:
        while not done.is_set():
            try:
                await asyncio.wait_for(done.wait(), STAMP_EVERY)
            except TimeoutError:
                await self._flush()
        await self._flush()

    async def _flush(self) -> None:
        ended, self._ended = self._ended, []
        returned, self._returned = self._returned, []
        if ended or returned:
            is_away = self._streak > 0 and (not self._has_left or self._streak >= TROUBLE)
            await stamp_all(ended, returned, now=self._clock.now(), is_away=is_away)
        self.counts.update(one.stamp.status for one in ended)


async def _deliver(
    courier: PipeliningCourier, message: Message, work: _Work, sender: str | None
) -> Outcome:
    async def is_ours() -> bool:
        return _uptime() < work.ours_until

    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            return await courier.deliver(
                message, to=work.ready.person.email, sender=sender, may_go=is_ours
            )
    except TimeoutError:
        return Deferred("the mail server is too slow", DeferredKind.TIMEOUT)
