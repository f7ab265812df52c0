"""Send the planned reminders: hold some, write them, deliver them, stamp them together.

At least once, with a stable Message-ID. A letter goes out twice only where a process died between
the server's reply and the stamp, which follows within `STAMP_EVERY`. No transaction is open while a
letter travels.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from desk.clock import utc_now
from mail.addresses import AddressMalformed, HeaderUnsafe
from mail.compose import Message
from mail.delivery import Accepted, Deferred, DeferredKind, Outcome, Refused
from mail.letter_facts import FactMissing
from mail.pace import Pace
from mail.pipeline import PipeliningCourier
from mail.settings import MailSettings
from mail.skeleton import Skeletons
from models.database import patiently, transaction
from models.reminder_outbox import Stamp, give_back, stamp
from models.reminders import next_attempt
from models.suppressions import Why, suppress
from rules.reminder_policy import ReminderPolicy
from rules.reminders import ReminderStatus
from tasks.reminder_outcomes import judged, not_a_letter, put_off
from tasks.reminder_writing import Ready, facts_of, take

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
#: Seconds between looks whether letters that wait have come due.
LOOK_EVERY = 0.2
#: Seconds to leave a mail server alone that is away; the last one again and again.
PAUSES = (2, 5, 15, 30)


class Sender:
    """Sends what is due on one day, over several connections, until nothing is left to send.

    Safe to run in many places at once: a letter is held by one of them at a time.
    """

    def __init__(
        self,
        *,
        day: date,
        policy: ReminderPolicy,
        settings: MailSettings,
        clock: Callable[[], datetime] = utc_now,
        of: int = 1,
    ) -> None:
        """``of`` is how many senders share the pace that policy allows."""
        self._day = day
        self._policy = policy
        self._settings = settings
        self._clock = clock
        self._skeletons = Skeletons(settings)
        self._pace = Pace(
            per_second=policy.letters_per_second / of,
            per_second_per_domain=policy.letters_per_second_per_domain / of,
        )
        self._queue: asyncio.Queue[tuple[Ready, float] | None] = asyncio.Queue(BATCH)
        self._ended: list[tuple[Ready, Stamp]] = []
        #: Those of them whose mailbox the server does not know.
        self._bounced: list[tuple[Ready, Stamp]] = []
        self._returned: list[tuple[Ready, datetime]] = []
        self._streak = 0
        self._pauses = 0
        #: Letters were given back only because their turn is later: they are waited for.
        self._is_paced = False
        self.counts: Counter[str] = Counter()

    async def run(self, *, patience: timedelta = timedelta(0)) -> Counter[str]:
        """Send; returns how many attempts ended in which `ReminderStatus`.

        Letters that wait for the mail server are waited for, for ``patience`` altogether; what is
        still left then is found by the next run.
        """
        done = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            couriers = [group.create_task(self._courier()) for _ in range(self._policy.connections)]
            stamper = group.create_task(self._stamper(done))
            await self._feed(self._clock() + patience)
            for _ in couriers:
                await self._queue.put(None)
            await asyncio.gather(*couriers)
            done.set()
            await stamper
        return self.counts

    async def _feed(self, give_up_at: datetime) -> None:
        while True:
            if self._streak >= TROUBLE and not await self._pause(give_up_at):
                return
            stop_at = time.monotonic() + (LEASE - SEND_WITHIN).total_seconds()
            found, ready = await take(
                day=self._day, now=self._clock(), lease=LEASE, limit=BATCH, policy=self._policy
            )
            self.counts[ReminderStatus.SKIPPED] += found - len(ready)
            self._is_paced = self._is_paced and not found
            for one in ready:
                await self._queue.put((one, stop_at))
            if not found and not await self._worth_waiting(give_up_at):
                return

    async def _pause(self, give_up_at: datetime) -> bool:
        """Leave the mail server alone for a while; False when that would be too long."""
        await self._queue.join()
        seconds = PAUSES[min(self._pauses, len(PAUSES) - 1)]
        self._pauses += 1
        self._streak = 0
        if self._clock() + timedelta(seconds=seconds) > give_up_at:
            return False
        logger.warning("the mail server is away; next try in %d s", seconds)
        await asyncio.sleep(seconds)
        return True

    async def _worth_waiting(self, give_up_at: datetime) -> bool:
        await self._queue.join()
        await self._flush()
        async with transaction() as session:
            first = await next_attempt(session)
        if first is None or (first > give_up_at and not self._is_paced):
            return False
        if first > self._clock():
            await asyncio.sleep(LOOK_EVERY)
        return True

    async def _courier(self) -> None:
        async with PipeliningCourier(self._settings) as courier:
            while (work := await self._queue.get()) is not None:
                try:
                    await self._attend(courier, *work)
                finally:
                    self._queue.task_done()
        self._queue.task_done()

    async def _attend(self, courier: PipeliningCourier, ready: Ready, stop_at: float) -> None:
        at = self._pace.reserve(ready.person.address, time.monotonic(), until=stop_at)
        if at is None or self._streak >= TROUBLE:
            # It would outlive its hold, or meet a server that is away.
            self._is_paced = self._is_paced or at is None
            self._returned.append((ready, self._clock() + GIVEN_BACK_FOR))
            return
        if (wait_for := at - time.monotonic()) > 0:
            await asyncio.sleep(wait_for)
        message = self._write(ready)
        if message is None:
            return
        outcome = await _deliver(courier, message, ready.person.email)
        self._streak = self._streak + 1 if isinstance(outcome, Deferred) else 0
        if isinstance(outcome, Accepted):
            self._pauses = 0
        ended = (ready, judged(ready, outcome, now=self._clock()))
        self._ended.append(ended)
        if isinstance(outcome, Refused) and outcome.of_recipient:
            self._bounced.append(ended)

    def _write(self, ready: Ready) -> Message | None:
        """The letter; one that cannot be written ends here and never stops the others."""
        try:
            return self._skeletons.compose(
                facts_of(ready, day=self._day, settings=self._settings),
                to=ready.person.email,
                letter_id=ready.held.id,
                created_at=ready.held.created_at,
            )
        except (FactMissing, HeaderUnsafe, AddressMalformed) as fault:
            ended = not_a_letter(ready, fault, now=self._clock())
        except Exception as fault:  # noqa: BLE001 - one letter must not stop the others
            # Ours, not the person's: it heals when the template or the program is mended.
            ended = put_off(ready, type(fault).__name__, now=self._clock())
        # The fault's own text may hold personal data; its type and the letter's id do not.
        logger.error("reminder %s cannot be written: %s", ready.held.id, ended.reply)
        self._ended.append((ready, ended))
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
        bounced, self._bounced = self._bounced, []
        returned, self._returned = self._returned, []
        if ended or returned:
            await _stamp_all(ended, bounced, returned, now=self._clock())
        self.counts.update(one.status for _, one in ended)


async def _deliver(courier: PipeliningCourier, message: Message, to: str) -> Outcome:
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            return await courier.deliver(message, to=to)
    except TimeoutError:
        return Deferred("the mail server is too slow", DeferredKind.TIMEOUT)


@patiently
async def _stamp_all(
    ended: Sequence[tuple[Ready, Stamp]],
    bounced: Sequence[tuple[Ready, Stamp]],
    returned: Sequence[tuple[Ready, datetime]],
    *,
    now: datetime,
) -> None:
    async with transaction() as session:
        await stamp(session, [one for _, one in ended], now=now)
        await give_back(session, [(ready.held.id, again) for ready, again in returned])
        for ready, one in bounced:
            await suppress(
                session,
                ready.person.address,
                why=Why.BOUNCED,
                now=now,
                server_reply=one.reply,
                reminder_id=ready.held.id,
            )
