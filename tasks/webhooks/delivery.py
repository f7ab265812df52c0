"""Send the webhooks that are owed: their part of the one way, `tasks.sending`."""

import logging
import time
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import httpcore
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from desk.machines.hearing import may_hear
from desk.machines.webhook_secrets import open_secrets
from desk.policy import current_policy
from mail.delivering.outcomes import (
    Accepted,
    Deferred,
    DeferredKind,
    Outcome,
    Undeliverable,
    Withheld,
)
from mail.settings import MailSettings
from models.database import Glance, patiently, transaction
from models.webhook_outbox import (
    HeldWebhook,
    ReceiversStand,
    WebhookStamp,
    give_back_webhooks,
    hold_webhooks,
    is_any_due,
    note_receivers,
    stamp_webhooks,
    webhooks_still_held,
)
from models.webhooks import forget_webhooks, give_up_paused
from rules.policy.webhooks import WebhookPolicy
from rules.requests.letter_status import LetterStatus
from rules.webhooks.answers import (
    ReceiverSays,
    given_up_after,
    meaning_of_status,
    next_try,
    rest_after,
)
from rules.webhooks.events import MEDIA_TYPE
from rules.webhooks.receivers import ReceiverRefused, read_receiver
from rules.webhooks.signing import signed_headers
from tasks.sending.carriage import Carriage, Carry, MayGo
from tasks.sending.outbox import Ended, Outbox, Taken
from tasks.sending.sender import Sender
from tasks.webhooks.network import AddressRefused, Network, Resolve, addresses_of, network

logger = logging.getLogger("mumaris.webhooks")

#: Webhooks on their way at a time, to all receivers together.
LINES = 64
#: So long a pass holds webhooks: a worker that is to leave does not wait for all of them.
PASS_WITHIN = timedelta(seconds=15)
#: Rows that one pass forgets.
FORGET_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Telling:
    """A webhook that may leave, and by what it is signed."""

    held: HeldWebhook
    secrets: Sequence[bytes] = field(repr=False)

    @property
    def id(self) -> UUID:
        """Of its row."""
        return self.held.id

    @property
    def attempts(self) -> int:
        """Attempts that ended before."""
        return self.held.attempts

    @property
    def subscription_id(self) -> str:
        """Whose receiver it goes to."""
        return self.held.subscription_id


async def deliver_webhooks(*, now: datetime, resolve: Resolve = addresses_of) -> int:
    """Send the webhooks that are due; how many were tried.

    Safe to run in many places at once. At least once, with the same id and content on every
    attempt. What a receiver does not take is due again later, and given up at last.
    """
    async with transaction() as session:
        if not await is_any_due(session, now=now):
            return 0
    outbox = WebhookOutbox(now)
    receivers = Receivers(current_policy().webhooks, resolve)
    counts = await Sender(outbox, carriage=receivers, connections=LINES, clock=outbox.now).run()
    return counts.total() - counts[LetterStatus.SKIPPED]


async def forget_old_webhooks(*, now: datetime) -> None:
    """Forget what ended policy's days ago; give up what paused subscriptions are owed as long."""
    kept = timedelta(days=current_policy().webhooks.keep_days)
    async with transaction() as session:
        await give_up_paused(session, after=kept, now=now)
        await forget_webhooks(session, before=now - kept, limit=FORGET_AT_ONCE)


class WebhookOutbox(Outbox[Telling]):
    """What is due from an instant on, and comes due while the pass lasts."""

    def __init__(self, due_by: datetime) -> None:
        self._due_by = due_by
        self._began = time.monotonic()

    @patiently
    async def take(self, now: datetime, lease: timedelta, limit: int) -> Taken[Telling]:
        """Hold the next; what its machine may not hear of, as things stand now, is skipped."""
        if self._passed() > PASS_WITHIN:
            return Taken(0, [], away=False)
        async with transaction() as session:
            held = await hold_webhooks(session, now=now, lease=lease, limit=limit)
            ready = [one for one in held if may_hear(one)]
            skipped, why = LetterStatus.SKIPPED, "its machine does not see the request"
            unheard = [
                WebhookStamp(one, skipped, why, None, tried=0) for one in held if not may_hear(one)
            ]
            await stamp_webhooks(session, unheard, now=now)
            theirs = sorted({one.subscription_id for one in ready})
            secrets = await open_secrets(session, theirs, now=now) if theirs else {}
        tellings = [Telling(one, secrets.get(one.subscription_id, ())) for one in ready]
        return Taken(len(held), tellings, away=False)

    async def still_ours(self, connection: Glance, letters: Sequence[Telling]) -> Collection[UUID]:
        """As their rows say, and while nobody has paused their subscription."""
        return await webhooks_still_held(connection, [one.held for one in letters])

    async def stamp(
        self, session: AsyncSession, ended: Sequence[Ended[Telling]], now: datetime
    ) -> None:
        """On their rows."""
        await stamp_webhooks(session, [_stamp(one) for one in ended], now=now)

    async def give_back(
        self, session: AsyncSession, letters: Sequence[Telling], _now: datetime, _is_away: bool
    ) -> None:
        """They are due as before."""
        await give_back_webhooks(session, [one.held for one in letters])

    async def next_due(self, now: datetime) -> datetime | None:
        """Long ago, where there is more: a receiver is sent so many at once."""
        if self._passed() > PASS_WITHIN:
            return None
        async with transaction() as session:
            due = await is_any_due(session, now=now)
        return self._due_by if due else None

    def now(self) -> datetime:
        """The instant from which on they are due, and the time that has passed since."""
        return self._due_by + self._passed()

    def _passed(self) -> timedelta:
        return timedelta(seconds=time.monotonic() - self._began)


class Receivers(Carriage[Telling]):
    """Each receiver for itself: one that does not answer holds up no other's webhooks."""

    def __init__(self, policy: WebhookPolicy, resolve: Resolve) -> None:
        self._policy = policy
        self._resolve = resolve
        self._source = f"{MailSettings().portal_url.rstrip('/')}/api/v1"
        #: Subscriptions whose receivers have failed; what is held for them is given back.
        self._silent: set[str] = set()

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Carry[Telling]]:
        """With connections of its own, to the receivers that it reached last."""
        policy = self._policy
        async with network(
            networks=policy.networks, within=policy.answer_seconds, resolve=self._resolve
        ) as way:
            yield partial(self._carry, way)

    def turn(self, letter: Telling, now: float, *, until: float) -> float | None:  # noqa: ARG002
        """At once, but for a receiver that has just failed."""
        return None if letter.subscription_id in self._silent else now

    async def _carry(self, way: Network, letter: Telling, may_go: MayGo) -> Outcome:
        if not letter.secrets:
            return Deferred("its secret cannot be opened", DeferredKind.CONFIGURATION)
        try:
            receiver = read_receiver(letter.held.url, self._policy)
        except ReceiverRefused:
            return Deferred("policy refuses its address", DeferredKind.CONFIGURATION)
        if not await may_go():
            return Withheld()
        happening = letter.held.happening
        body = happening.cloud_event(self._source)
        signed = signed_headers(
            str(happening.id), body, letter.secrets, timestamp=int(utc_now().timestamp())
        )
        headers = {"content-type": MEDIA_TYPE, "user-agent": "mumaris-webhooks/1", **signed}
        try:
            outcome = _outcome(await way.post(receiver, headers, body))
        except AddressRefused:
            outcome = Deferred(
                "its name leads where webhooks may not go", DeferredKind.CONFIGURATION
            )
        except TimeoutError:
            outcome = Deferred("no answer in time", DeferredKind.TIMEOUT)
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            OSError,
        ) as fault:
            # By its type: its text may quote what the receiver sent.
            outcome = Deferred(f"no answer ({type(fault).__name__})", DeferredKind.CONNECTION)
        if not isinstance(outcome, Accepted):
            self._silent.add(letter.subscription_id)
        return outcome

    def is_trouble(self, outcome: Outcome) -> bool | None:  # noqa: ARG002 - of another receiver
        """What one receiver says is nothing of the others."""
        return None

    async def judge(
        self, _session: AsyncSession, letter: Telling, outcome: Outcome, now: datetime
    ) -> Ended[Telling]:
        """A receiver that is gone keeps what it is owed, for whoever resumes its subscription."""
        again = None
        if isinstance(outcome, Undeliverable):
            again = now
        elif isinstance(outcome, Deferred):
            again = next_try(letter.attempts + 1, letter.held.owed_since, now, self._policy)
        return Ended(letter, outcome, again)

    async def heed(
        self, session: AsyncSession, ended: Sequence[Ended[Telling]], now: datetime, _: bool
    ) -> None:
        """A receiver that took one is sent more at once; one that took none is left alone."""
        take = {one.letter.subscription_id for one in ended if one.sent}
        tried = {one.letter.subscription_id for one in ended}
        given_up = [one for one in ended if not one.sent and one.again is None]
        gone = [one for one in ended if isinstance(one.outcome, Undeliverable)]
        stand = ReceiversStand(
            take=sorted(take),
            fail=sorted(tried - take),
            gone=[one.letter.subscription_id for one in gone],
            given_up=[one.letter.subscription_id for one in given_up],
        )
        waits = range(1, len(self._policy.retry_minutes) + 1)
        paused = await note_receivers(
            session,
            stand,
            rests=[rest_after(failures, self._policy) for failures in waits],
            given_up_after=given_up_after(self._policy),
            now=now,
        )
        self._silent -= take
        for subscription_id in paused:
            logger.warning("the receiver of webhooks %s says that it is gone", subscription_id)


def _outcome(status: int) -> Outcome:
    match meaning_of_status(status):
        case ReceiverSays.TAKEN:
            return Accepted(f"{status}")
        case ReceiverSays.GONE:
            return Undeliverable(f"{status}: it is gone", of_recipient=True)
        case _:
            return Deferred(f"it answered {status}", DeferredKind.BUSY)


def _stamp(ended: Ended[Telling]) -> WebhookStamp:
    status = LetterStatus.SENT if ended.sent else LetterStatus.FAILED
    return WebhookStamp(
        ended.letter.held,
        LetterStatus.QUEUED if ended.again else status,
        ended.outcome.reply,
        ended.again,
    )
