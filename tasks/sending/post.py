"""E-mail as a carriage: written by skeletons, paced by domains, over connections to one server."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.mail.mailboxes import heed_refusal
from desk.mail.news import mail_is_away, mail_leaves
from mail.composing.message import Message
from mail.composing.skeleton import Skeletons
from mail.delivering.backoff import next_attempt
from mail.delivering.courier import Courier
from mail.delivering.outcomes import Deferred, DeferredKind, Outcome, Undeliverable
from mail.delivering.pace import Pace
from mail.settings import MailSettings
from models.reminders.mailbox_doubts import believe
from rules.values.email_address import mailbox_of
from tasks.sending.carriage import Carriage, Carry, MayGo
from tasks.sending.composing import write
from tasks.sending.outbox import SEND_WITHIN, Ended, M, MailOutbox
from traces.work import Side, work

logger = logging.getLogger("mumaris.letters")


class Post(Carriage[M]):
    """How e-mails travel: one courier a line, all to our own mail server."""

    def __init__(self, outbox: MailOutbox[M], settings: MailSettings, pace: Pace) -> None:
        self._outbox = outbox
        self._settings = settings
        self._pace = pace
        self._skeletons = Skeletons(settings)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Carry[M]]:
        """A courier, which opens its connection when it is needed."""
        async with Courier(self._settings) as courier:

            async def carry(letter: M, may_go: MayGo) -> Outcome:
                of = () if letter.request_id is None else (letter.request_id,)
                with work("send e-mail", side=Side.CLIENT, of=of) as this:
                    outcome = await self._write_and_deliver(courier, letter, may_go)
                    if this is not None:
                        this.said["mumaris.letter"] = letter.letter
                        this.said["mumaris.outcome"] = type(outcome).__name__.lower()
                return outcome

            yield carry

    async def _write_and_deliver(self, courier: Courier, letter: M, may_go: MayGo) -> Outcome:
        until = asyncio.get_running_loop().time() + SEND_WITHIN.total_seconds()
        message = await write(self._outbox, letter, self._skeletons)
        if not isinstance(message, Message):
            return message
        return await deliver(courier, letter, message, self._settings, may_go, until=until)

    def turn(self, letter: M, now: float, *, until: float) -> float | None:
        """So many a second in all, and so many to one domain."""
        return self._pace.reserve(letter.to, now, until=until)

    def is_trouble(self, outcome: Outcome) -> bool | None:
        """All of them go by one server: whatever it defers speaks of it."""
        if isinstance(outcome, Deferred):
            return None if outcome.kind is DeferredKind.COMPOSING else True
        return None if isinstance(outcome, Undeliverable) and outcome.of_facts else False

    async def judge(
        self, session: AsyncSession, letter: M, outcome: Outcome, now: datetime
    ) -> Ended[M]:
        """Tried again later until there were too many tries; about us, as long as it takes."""
        is_gone = await heed_refusal(
            session, mailbox_of(letter.to), outcome, now=now, reminder_id=letter.reminder_id
        )
        again = None
        if isinstance(outcome, Deferred) and not is_gone:
            again = next_attempt(letter.attempts + 1, now, about_us=outcome.about_us)
        return Ended(letter, outcome, again)

    async def heed(
        self, session: AsyncSession, ended: Sequence[Ended[M]], now: datetime, is_away: bool
    ) -> None:
        """What was accepted clears its mailbox's doubts, and says that mail leaves."""
        sent = [one for one in ended if one.sent]
        await believe(session, [mailbox_of(one.letter.to) for one in sent])
        if sent:
            await mail_leaves(session, now=now)
        of_us = [one for one in ended if is_of_us(one.outcome)]
        if of_us and is_away and not sent:
            await mail_is_away(session, reason=of_us[0].outcome.reply, now=now)

    def tell(self, ended: Sequence[Ended[M]], is_away: bool) -> None:
        """Of the first refusal of us of each, while others leave."""
        for one in () if is_away else ended:
            if is_of_us(one.outcome) and one.letter.attempts == 0:
                logger.warning(
                    "e-mail %s waits because of us: %s", one.letter.id, one.outcome.reply
                )


def is_of_us(outcome: Outcome) -> bool:
    """Whether the mail server refused us, and would refuse any other letter as well."""
    if not isinstance(outcome, Deferred):
        return False
    return outcome.about_us and outcome.kind is not DeferredKind.COMPOSING


async def deliver(
    courier: Courier,
    letter: M,
    message: Message,
    settings: MailSettings,
    may_go: MayGo,
    *,
    until: float,
) -> Outcome:
    """Hand the letter to the mail server, until this moment of the event loop's time."""
    try:
        async with asyncio.timeout_at(until):
            return await courier.deliver(
                message, to=letter.to, sender=settings.envelope_sender(letter.id), may_go=may_go
            )
    except TimeoutError:
        return Deferred("the mail server is too slow", DeferredKind.TIMEOUT)
