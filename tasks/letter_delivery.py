"""Send the letters we owe: lease, compose, deliver, stamp.

At least once, with a stable Message-ID: a letter goes out twice only where the process died
between the server's reply and the stamp.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.address_codes import CodeOver, mint_code
from desk.clock import utc_now
from desk.mail.mailboxes import heed_refusal
from desk.mail.news import mail_is_away, mail_leaves
from desk.requests.officer_emails import only_true
from mail.addresses import AddressMalformed, HeaderUnsafe
from mail.composing.message import compose
from mail.delivering.backoff import next_attempt
from mail.delivering.courier import Courier
from mail.delivering.outcomes import (
    Accepted,
    Deferred,
    DeferredKind,
    Outcome,
    Undeliverable,
    Withheld,
)
from mail.facts.letter import FactMissing
from mail.facts.stored import FactsMalformed, facts_from_json, secrets_of
from mail.settings import MailSettings
from models.accounts.links import AccountLink, mint_account_token
from models.database import patiently, transaction
from models.door import PIPELINE, record, ring
from models.letters import Letter, give_back_letters, lease_letters, lock_sent, still_leased
from models.links import mint_token
from models.mail_outages import outage
from models.reminders.mailbox_doubts import believe
from models.requests import Request
from rules.errors import Conflict
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.values.email_address import mailbox_of

logger = logging.getLogger("mumaris.letters")

#: How long a letter is ours to send. A worker that dies holding it delays it by as much.
LEASE = timedelta(seconds=45)
#: How long one letter may take, all replies of the mail server together.
SEND_WITHIN = timedelta(seconds=20)
#: Letters held at once; those that do not go in time are given back.
BATCH = 100
#: Connections at a time: a server that hangs on one letter holds up that one.
COURIERS = 4
#: So many refusals of us in a row mean that the others would meet the same.
TROUBLE = 3
#: The page of the portal that each secret fact of a letter leads to.
PAGES = {
    "activation_url": "activate",
    "new_link_url": "activate",
    "stop_url": "stop",
    "first_sign_in_url": "first-sign-in",
    "new_password_url": "new-password",
}
#: The headers that hold what is on the letter's row, and not a setting.
_OF_THE_LETTER = frozenset({"To", "Subject"})


class LinkOver(Conflict):
    """The link that the letter would carry opens nothing any more: it left too late."""


async def deliver_letters(*, now: datetime, request_id: UUID | None = None) -> int:
    """Send the letters that are due, of one request or of all; returns how many were tried.

    Safe to run in many places at once: a letter is held by one of them at a time. What cannot be
    sent now is due again later; what waits because of us or our mail server is never given up; what
    the recipient's server refuses for good is failed, with the reason on its row and a line in the
    request's history. A server that hangs delays the letters that meet it, for `SEND_WITHIN` at
    most, and no others.
    """
    stop_at = time.monotonic() + (LEASE - SEND_WITHIN).total_seconds()
    letters, away = await _lease(now, request_id)
    if not letters:
        return 0
    batch = _Batch(letters, MailSettings(), stop_at)
    # While nothing leaves, one letter finds out whether that is still so.
    couriers = 1 if away else min(COURIERS, len(letters))
    patience = 1 if away else TROUBLE
    ended = await asyncio.gather(
        *(batch.courier(patience=patience) for _ in range(couriers)), return_exceptions=True
    )
    await _give_back(batch.waiting)
    for error in filter(None, ended):
        raise error
    return batch.tried


class _Batch:
    """The letters of one lease, and the couriers that share them."""

    def __init__(self, letters: list[Letter], settings: MailSettings, stop_at: float) -> None:
        self.waiting = list(letters)
        self.tried = 0
        self._settings = settings
        self._stop_at = stop_at
        #: So many in a row were refused because of us.
        self._streak = 0
        self._has_left = False

    async def courier(self, *, patience: int) -> None:
        """Take one letter after the other; the rest is given back when it cannot go in time.

        Time is this machine's: it goes on while a process is frozen.
        """
        async with Courier(self._settings) as courier:
            while self.waiting and self._streak < patience and time.monotonic() < self._stop_at:
                letter = self.waiting.pop(0)
                self.tried += 1
                outcome = await _send(letter, courier, self._settings)
                self._note(outcome)
                await _stamp(letter, outcome, now=utc_now(), some_leave=self._has_left)

    def _note(self, outcome: Outcome) -> None:
        self._has_left |= isinstance(outcome, Accepted)
        self._streak = self._streak + 1 if _is_away(outcome) else 0


def _is_away(outcome: Outcome) -> bool:
    """Whether the mail server refused us, and would refuse any other letter as well."""
    if not isinstance(outcome, Deferred):
        return False
    return outcome.about_us and outcome.kind is not DeferredKind.COMPOSING


@patiently
async def _lease(now: datetime, request_id: UUID | None) -> tuple[list[Letter], bool]:
    """The letters that are ours to send, and whether mail is known not to leave."""
    async with transaction() as session:
        if request_id is not None and await outage(session) is not None:
            # A run does not wait for a mail server that is away: the sweep finds out when it is
            # back, and sends what the run left.
            return [], True
        letters = await lease_letters(
            session, now=now, lease=LEASE, limit=BATCH, request_id=request_id
        )
        letters = await only_true(session, letters, now=now)
        return letters, bool(letters) and await outage(session) is not None


async def _send(letter: Letter, courier: Courier, settings: MailSettings) -> Outcome:
    """Compose and deliver one letter; one that cannot be composed never stops the others."""
    try:
        secrets = await _secrets(letter, settings.portal_url)
        facts = facts_from_json(letter.letter, letter.facts, **secrets)
        message = compose(
            facts,
            to=letter.to_address,
            letter_id=letter.id,
            created_at=letter.created_at,
            settings=settings,
        )
    except Exception as fault:  # noqa: BLE001 - whatever it is, the letters behind it must go out
        # The fault's own text may hold personal data; its type and the letter's id do not.
        logger.error("letter %s cannot be composed: %s", letter.id, type(fault).__name__)  # noqa: TRY400
        return _judge(fault)
    try:
        async with asyncio.timeout(SEND_WITHIN.total_seconds()):
            return await courier.deliver(
                message,
                to=letter.to_address,
                sender=settings.envelope_sender(letter.id),
                may_go=partial(_is_ours, letter),
            )
    except TimeoutError:
        return Deferred("the mail server is too slow", DeferredKind.TIMEOUT)


async def _is_ours(letter: Letter) -> bool:
    """Whether the letter is still wanted, and ours to send: asked right before its content goes.

    Not while the database is away, which could not be told what became of it.
    """
    try:
        async with transaction() as session:
            return await still_leased(session, letter)
    except (DBAPIError, OSError) as away:
        logger.warning("an e-mail is held back: %s", type(away).__name__)
        return False


def _judge(fault: Exception) -> Outcome:
    """What is wrong with the letter itself is final.

    A template or a setting may be mended, a disk be emptied, and a letter that this version does
    not know is known to another one.
    """
    reply = f"cannot be composed: {type(fault).__name__}"
    if isinstance(fault, FactMissing | FactsMalformed | LinkOver | CodeOver):
        return Undeliverable(reply)
    if isinstance(fault, AddressMalformed | HeaderUnsafe) and fault.header in _OF_THE_LETTER:
        return Undeliverable(reply)
    return Deferred(reply, DeferredKind.COMPOSING, about_us=True)


@patiently
async def _give_back(letters: Sequence[Letter]) -> None:
    if letters:
        async with transaction() as session:
            await give_back_letters(session, letters)


@patiently
async def _secrets(letter: Letter, portal_url: str) -> dict[str, str]:
    """The secret addresses that the letter carries, each with a token minted now, or its code.

    Raises `LinkOver` where the link of an account opens nothing any more, `CodeOver` likewise.
    """
    now = utc_now()
    if secrets_of(letter.letter) == {"code"}:
        return {"code": await mint_code(letter.id, now=now)}
    if letter.link_id is None and letter.account_link_id is None:
        return {}
    async with transaction() as session:
        if letter.link_id is not None:
            token = await mint_token(session, letter.link_id, now=now)
        else:
            link = await session.get_one(AccountLink, letter.account_link_id)
            if link.superseded_at is not None or link.expires_at <= now:
                raise LinkOver
            token = await mint_account_token(session, link.id, now=now)
    return {
        secret: f"{portal_url.rstrip('/')}/{PAGES[secret]}/{token}"
        for secret in secrets_of(letter.letter)
    }


@patiently
async def _stamp(letter: Letter, outcome: Outcome, *, now: datetime, some_leave: bool) -> None:
    """Write what became of the letter, if that is still ours to write."""
    async with transaction() as session:
        if isinstance(outcome, Withheld):
            await give_back_letters(session, [letter])
            return
        row = await lock_sent(session, letter, accepted=isinstance(outcome, Accepted))
        if row is None:
            logger.warning("e-mail %s was taken over by another sender", letter.id)
            return
        row.lease = row.leased_until = None
        row.attempts += 1
        row.server_reply = outcome.reply
        row.waits_for_us = False
        if isinstance(outcome, Accepted):
            row.status, row.settled_at = LetterStatus.SENT, now
            await believe(session, [mailbox_of(row.to_address)])
            await mail_leaves(session, now=now)
            return
        is_gone = await heed_refusal(session, row.to_address, outcome, now=now)
        if isinstance(outcome, Deferred) and not is_gone:
            again = next_attempt(row.attempts, now, about_us=outcome.about_us)
            if again is not None:
                row.next_attempt_at, row.waits_for_us = again, outcome.about_us
                if _is_away(outcome):
                    await _make_it_loud(session, row, outcome, now, some_leave=some_leave)
                return
        row.status, row.settled_at = LetterStatus.FAILED, now
        if row.request_id is None:
            return
        request = await session.get_one(Request, row.request_id)
        failed = EventName.LETTER_FAILED
        record(session, request, failed, by=PIPELINE, now=now, reason_code=row.letter)
        await ring(session)


async def _make_it_loud(
    session: AsyncSession, row: Letter, outcome: Deferred, now: datetime, *, some_leave: bool
) -> None:
    if not some_leave:
        await mail_is_away(session, reason=outcome.reply, now=now)
    elif row.attempts == 1:
        logger.warning("e-mail %s waits because of us: %s", row.id, outcome.reply)
