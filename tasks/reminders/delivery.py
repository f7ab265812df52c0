"""Send the planned reminders: their part of the one way, `tasks.sending`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from mail.delivering.outcomes import Deferred, Undeliverable
from mail.delivering.pace import Pace
from mail.facts.letter import LetterFacts
from mail.settings import MailSettings
from models.database import Glance, patiently, transaction
from models.mail_outages import outage
from models.reminders.outbox import (
    Stamp,
    give_back,
    next_to_send,
    release,
    stamp,
    still_held,
)
from rules.policy.reminders import ReminderPolicy
from rules.reminders.decision import NotSent, ReminderStatus
from rules.values.dates import riyadh_day
from tasks.reminders.writing import Ready, decide_held, facts_of
from tasks.sending.outbox import Ended, MailOutbox, Taken
from tasks.sending.post import Post
from tasks.sending.run_clock import Clock
from tasks.sending.sender import Sender

#: After how long a letter that was given back may be held again.
GIVEN_BACK_FOR = timedelta(seconds=2)


def reminder_sender(
    *,
    policy: ReminderPolicy,
    settings: MailSettings,
    clock: Clock = utc_now,
    ticks: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Sender[Ready]:
    """The sender of reminders, with the pace and the connections of policy."""
    outbox = ReminderOutbox(policy, settings)
    pace = Pace(
        per_second=policy.letters_per_second,
        per_second_per_domain=policy.letters_per_second_per_domain,
    )
    return Sender(
        outbox,
        carriage=Post(outbox, settings, pace),
        connections=policy.connections,
        clock=clock,
        ticks=ticks,
        sleep=sleep,
    )


class ReminderOutbox(MailOutbox[Ready]):
    """The reminders that are planned."""

    def __init__(self, policy: ReminderPolicy, settings: MailSettings) -> None:
        self._policy = policy
        self._settings = settings
        self._has_begun = False

    @patiently
    async def take(self, now: datetime, lease: timedelta, limit: int) -> Taken[Ready]:
        """Hold the next, and decide once more with what is true now."""
        async with transaction() as session:
            if not self._has_begun:
                # Whoever starts a run after mending something does not wait for the pauses to end.
                await release(session, now=now)
            away = await outage(session) is not None
            held, ready = await decide_held(
                session, now=now, lease=lease, limit=1 if away else limit, policy=self._policy
            )
        self._has_begun = True
        return Taken(held, ready, away)

    async def facts(self, letter: Ready) -> LetterFacts:
        """Raises `mail.facts.letter.FactMissing`."""
        return facts_of(letter, settings=self._settings)

    def is_current(self, letter: Ready, now: datetime) -> bool:
        """Not after midnight: its sentences would count from yesterday."""
        return letter.day == riyadh_day(now)

    async def still_ours(self, connection: Glance, letters: Sequence[Ready]) -> Collection[UUID]:
        """As their rows say."""
        return await still_held(connection, [one.held for one in letters])

    async def stamp(
        self, session: AsyncSession, ended: Sequence[Ended[Ready]], now: datetime
    ) -> None:
        """On their rows, with the address to which they went."""
        await stamp(session, [_stamp(one, now) for one in ended], now=now)

    async def give_back(
        self, session: AsyncSession, letters: Sequence[Ready], now: datetime, is_away: bool
    ) -> None:
        """They may be held again in `GIVEN_BACK_FOR`."""
        again = now + GIVEN_BACK_FOR
        await give_back(session, [(one.held, again) for one in letters], for_us=is_away)

    async def next_due(self, now: datetime) -> datetime | None:
        """By the run's clock."""
        async with transaction() as session:
            return await next_to_send(session, now=now)


def _stamp(ended: Ended[Ready], now: datetime) -> Stamp:
    ready, outcome = ended.letter, ended.outcome
    status, reason = ReminderStatus.QUEUED, None
    if ended.sent:
        status = ReminderStatus.SENT
    elif ended.again is None:
        status, reason = ReminderStatus.FAILED, _why(ended)
    return Stamp(
        ready.held,
        status,
        again=ended.again or now,
        reason=reason,
        reply=outcome.reply,
        mailbox=ready.person.mailbox,
        letter=ready.decision.letter,
        for_us=status == ReminderStatus.QUEUED
        and isinstance(outcome, Deferred)
        and outcome.about_us,
    )


def _why(ended: Ended[Ready]) -> NotSent:
    outcome = ended.outcome
    if isinstance(outcome, Undeliverable):
        return NotSent.NOT_A_LETTER if outcome.of_facts else NotSent.REFUSED
    return NotSent.GAVE_UP
