"""Send the letters we owe: lease, compose, deliver, stamp.

At least once, with a stable Message-ID: a letter goes out twice only where the process died
between the server's reply and the stamp.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from desk.clock import utc_now
from mail.addresses import AddressMalformed, HeaderUnsafe
from mail.backoff import next_attempt
from mail.compose import compose
from mail.delivery import Accepted, Courier, Deferred, Outcome, Refused
from mail.facts import (
    FactMissing,
    FactsMalformed,
    LetterUnknown,
    facts_from_json,
    secrets_of,
)
from mail.outcomes import DeferredKind
from mail.settings import MailSettings
from models.database import patiently, transaction
from models.door import PIPELINE, record, ring
from models.letters import Letter, LetterStatus, lease_letters
from models.links import mint_token
from models.requests import Request
from rules.events import EventName

logger = logging.getLogger("mumaris.letters")

#: How long a letter is ours to send. A worker that dies holding it delays it by as much.
LEASE = timedelta(seconds=45)
#: How long one letter may take, all replies of the mail server together.
SEND_WITHIN = timedelta(seconds=20)
BATCH = 20
#: The page of the portal that each secret fact of a letter leads to.
PAGES = {"activation_url": "activate", "new_link_url": "activate", "stop_url": "stop"}
#: The headers that hold what is on the letter's row, and not a setting.
_OF_THE_LETTER = frozenset({"To", "Subject"})


async def deliver_letters(*, now: datetime, request_id: UUID | None = None) -> int:
    """Send the letters that are due, of one request or of all; returns how many were tried.

    Safe to run in many places at once: a letter is held by one of them at a time. What cannot be
    sent now is due again later; what never can is failed, with the reason on its row and a line in
    the request's history.
    """
    stop_at = time.monotonic() + (LEASE - SEND_WITHIN).total_seconds()
    letters = await _lease(now, request_id)
    if not letters:
        return 0
    settings = MailSettings()
    async with Courier(settings) as courier:
        for tried, letter in enumerate(letters):
            if time.monotonic() >= stop_at:
                # The rest would outlive its lease, and somebody else would send it too.
                await _give_back(letters[tried:])
                return tried
            outcome = await _send(letter, courier, settings)
            await _stamp(letter.id, outcome, now=utc_now())
    return len(letters)


@patiently
async def _lease(now: datetime, request_id: UUID | None) -> list[Letter]:
    async with transaction() as session:
        return await lease_letters(
            session, now=now, lease=LEASE, limit=BATCH, request_id=request_id
        )


async def _send(letter: Letter, courier: Courier, settings: MailSettings) -> Outcome:
    """Compose and deliver one letter; one that cannot be composed never stops the others."""
    try:
        secrets = await _links(letter, settings.portal_url)
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
            return await courier.deliver(message, to=letter.to_address)
    except TimeoutError:
        return Deferred("the mail server is too slow", DeferredKind.TIMEOUT)


def _judge(fault: Exception) -> Outcome:
    """What is wrong with the letter itself is final; a template or a setting may be mended."""
    reply = f"cannot be composed: {type(fault).__name__}"
    if isinstance(fault, LetterUnknown | FactMissing | FactsMalformed):
        return Refused(reply)
    if isinstance(fault, AddressMalformed | HeaderUnsafe) and fault.header in _OF_THE_LETTER:
        return Refused(reply)
    return Deferred(reply, DeferredKind.CONFIGURATION)


@patiently
async def _give_back(letters: Sequence[Letter]) -> None:
    async with transaction() as session:
        for letter in letters:
            row = await session.get_one(Letter, letter.id, with_for_update=True)
            row.leased_until = None
            row.attempts -= 1


@patiently
async def _links(letter: Letter, portal_url: str) -> dict[str, str]:
    """The secret addresses that the letter carries, each with a token minted now."""
    if letter.link_id is None:
        return {}
    async with transaction() as session:
        token = await mint_token(session, letter.link_id, now=utc_now())
    return {
        secret: f"{portal_url.rstrip('/')}/{PAGES[secret]}/{token}"
        for secret in secrets_of(letter.letter)
    }


@patiently
async def _stamp(letter_id: UUID, outcome: Outcome, *, now: datetime) -> None:
    async with transaction() as session:
        letter = await session.get_one(Letter, letter_id, with_for_update=True)
        letter.leased_until = None
        letter.server_reply = outcome.reply
        if isinstance(outcome, Accepted):
            letter.status, letter.settled_at = LetterStatus.SENT, now
            return
        again = next_attempt(letter.attempts, now) if isinstance(outcome, Deferred) else None
        if again is not None:
            letter.next_attempt_at = again
            return
        letter.status, letter.settled_at = LetterStatus.FAILED, now
        request = await session.get_one(Request, letter.request_id)
        record(
            session,
            request,
            EventName.LETTER_FAILED,
            by=PIPELINE,
            now=now,
            reason_code=letter.letter,
        )
        await ring(session)
