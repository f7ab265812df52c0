"""A receiver's webhooks: held, carried, judged; their part of the one way, `tasks.sending`."""

import logging
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
from mail.delivering.outcomes import (
    Accepted,
    Deferred,
    DeferredKind,
    Outcome,
    Undeliverable,
    Withheld,
)
from mail.settings import MailSettings
from models.database import Glance, glances, patiently, transaction
from models.webhook_outbox import (
    HeldWebhook,
    ReceiversStand,
    WebhookStamp,
    give_back_webhooks,
    hold_webhooks,
    note_receivers,
    receivers_due,
    stamp_webhooks,
    webhooks_still_held,
)
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
from tasks.webhooks.network import AddressRefused, Names, Network, network
from tasks.webhooks.pass_time import PassTime

logger = logging.getLogger("mumaris.webhooks")


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


class WebhookOutbox(Outbox[Telling]):
    """What one receiver is owed, and comes due while there is time; or what is due now, once."""

    def __init__(self, subscription_id: str, time: PassTime, *, once: bool) -> None:
        self._subscription_id = subscription_id
        self._time = time
        self._once = once
        self._has_taken = False

    @patiently
    async def take(self, now: datetime, lease: timedelta, limit: int) -> Taken[Telling]:
        """Hold the next; what its machine may not hear of, as things stand now, is skipped."""
        if self._time.is_over or (self._once and self._has_taken):
            return Taken(0, [], away=False)
        async with transaction() as session:
            held = await hold_webhooks(
                session, self._subscription_id, now=now, lease=lease, limit=limit
            )
            ready = [one for one in held if may_hear(one)]
            skipped, why = LetterStatus.SKIPPED, "its machine does not see the request"
            unheard = [
                WebhookStamp(one, skipped, why, None, tried=0) for one in held if not may_hear(one)
            ]
            await stamp_webhooks(session, unheard, now=now)
            theirs = sorted({one.subscription_id for one in ready})
            secrets = await open_secrets(session, theirs, now=now) if theirs else {}
        self._has_taken = True
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
        """Now, where there is more: its receiver is sent so many at once."""
        if self._once or self._time.is_over:
            return None
        async with glances() as connection:
            due = await receivers_due(connection, now=now, most=1)
        return now if self._subscription_id in due else None


class ToReceiver(Carriage[Telling]):
    """To one receiver: what is in hand for it once it has failed is given back."""

    def __init__(self, policy: WebhookPolicy, names: Names) -> None:
        self._policy = policy
        self._names = names
        self._source = f"{MailSettings().portal_url.rstrip('/')}/api/v1"
        self._has_failed = False

    @asynccontextmanager
    async def line(self) -> AsyncIterator[Carry[Telling]]:
        """With a connection of its own."""
        policy = self._policy
        async with network(
            networks=policy.networks, within=policy.answer_seconds, names=self._names
        ) as way:
            yield partial(self._carry, way)

    def turn(self, _letter: Telling, now: float, *, until: float) -> float | None:  # noqa: ARG002
        """At once, unless it has just failed."""
        return None if self._has_failed else now

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
            self._has_failed = True
        return outcome

    def is_trouble(self, outcome: Outcome) -> bool | None:  # noqa: ARG002 - of another receiver
        """What a receiver says of one is nothing of the others."""
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
        self._has_failed = self._has_failed and not take
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
