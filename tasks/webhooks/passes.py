"""Tell other systems: each receiver by a sender of its own, so that none waits for another."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from desk.policy import current_policy
from models.database import glances, transaction
from models.webhook_outbox import receivers_due
from models.webhooks import forget_webhooks, give_up_paused
from rules.requests.letter_status import LetterStatus
from tasks.sending.sender import Sender
from tasks.webhooks.delivery import ToReceiver, WebhookOutbox
from tasks.webhooks.network import Names, Resolve, addresses_of
from tasks.webhooks.pass_time import PassTime

#: Webhooks on their way to one receiver at a time.
LINES = 64
#: And to all together, beside the one line that each has in any case.
LINES_SHARED = 384
#: So long a pass holds webhooks: a worker that is to leave does not wait for all of them.
PASS_WITHIN = timedelta(seconds=15)
#: Seconds that it waits then for receivers to answer; those that are slower, nobody waits for.
PROMPT = 1.0
#: Seconds until the next look at who is owed something, while others are being told.
LOOK_AFTER = 0.1
#: Rows that one pass forgets.
FORGET_AT_ONCE = 5_000


async def deliver_webhooks(*, now: datetime, resolve: Resolve = addresses_of) -> int:
    """Send the webhooks that are due, and wait for each answer; how many were tried.

    Safe to run in many places at once. At least once, with the same id and content on every
    attempt. What a receiver does not take is due again later, and given up at last.
    """
    deliveries = Deliveries(resolve)
    try:
        return await deliveries.one_pass(now=now) + await deliveries.finish()
    finally:
        await deliveries.cut()


async def forget_old_webhooks(*, now: datetime) -> None:
    """Forget what ended policy's days ago; give up what paused subscriptions are owed as long."""
    kept = timedelta(days=current_policy().webhooks.keep_days)
    async with transaction() as session:
        await give_up_paused(session, after=kept, now=now)
        await forget_webhooks(session, before=now - kept, limit=FORGET_AT_ONCE)


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A sender, and how many webhooks it has on their way at most."""

    sending: asyncio.Task[int]
    lines: int


class Deliveries:
    """The senders of this process, one for each receiver that is being told.

    One whose receiver is slow goes on when the pass that began it has ended: what has come due for
    others meanwhile leaves in the next one, beside it.
    """

    def __init__(self, resolve: Resolve = addresses_of) -> None:
        self._resolve = resolve
        self._under_way: dict[str, _UnderWay] = {}

    async def one_pass(self, *, now: datetime) -> int:
        """Tell whoever is owed something; how many attempts have ended.

        Ends when nobody is owed any more, or after `PASS_WITHIN`, and never waits for a receiver
        that is slow while others are owed something. Cancelled, it cuts all that are under way.
        """
        time, tried = PassTime(now, PASS_WITHIN), 0
        try:
            while not time.is_over:
                await self._begin(time)
                if not self._under_way:
                    return tried
                before = len(self._under_way)
                ended = await self.finish(within=LOOK_AFTER, all_of_them=False)
                if not ended and len(self._under_way) < before:
                    # Whatever keeps them from being tried may take a moment.
                    await asyncio.sleep(LOOK_AFTER)
                tried += ended
            return tried + await self.finish(within=PROMPT)
        except asyncio.CancelledError:
            await self.cut()
            raise

    async def finish(self, *, within: float | None = None, all_of_them: bool = True) -> int:
        """Wait for those under way, or for the first to end; how many attempts have ended."""
        until = asyncio.ALL_COMPLETED if all_of_them else asyncio.FIRST_COMPLETED
        if sending := self._sending():
            await asyncio.wait(sending, timeout=within, return_when=until)
        ended = [each for each, one in self._under_way.items() if one.sending.done()]
        tasks = [self._under_way.pop(each).sending for each in ended]
        return sum(each.result() for each in tasks if not each.cancelled())

    async def cut(self) -> None:
        """End all at once; whatever has been answered is written down."""
        sending = self._sending()
        self._under_way = {}
        for one in sending:
            one.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    async def _begin(self, time: PassTime) -> None:
        """With a sender for each receiver that is owed something and has none."""
        async with glances() as connection:
            due = await receivers_due(connection, now=time.now(), most=LINES)
        for subscription_id in due.keys() - self._under_way.keys():
            lines = self._lines_for(due[subscription_id])
            sending = self._tell(subscription_id, lines, time)
            task = asyncio.create_task(sending, name=f"webhooks to {subscription_id}")
            self._under_way[subscription_id] = _UnderWay(task, lines)

    async def _tell(self, subscription_id: str, lines: int, time: PassTime) -> int:
        # One with few lines takes once: for more that has come meanwhile there are more.
        outbox = WebhookOutbox(subscription_id, time, once=lines < LINES)
        carriage = ToReceiver(current_policy().webhooks, Names(self._resolve))
        sender = Sender(outbox, carriage=carriage, connections=lines, clock=time.now)
        counts = await sender.run()
        return counts.total() - counts[LetterStatus.SKIPPED]

    def _lines_for(self, due: int) -> int:
        shared = sum(one.lines - 1 for one in self._under_way.values())
        return 1 + max(0, min(due, LINES, LINES_SHARED - shared + 1) - 1)

    def _sending(self) -> list[asyncio.Task[int]]:
        return [one.sending for one in self._under_way.values()]
