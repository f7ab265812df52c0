"""Send e-mails again that failed or came back, or say that they are not wanted any more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from models.database import transaction
from models.door import OPERATIONS, Actor, record, ring
from models.letters import Letter, undelivered_letters
from models.links import ActivationLink
from models.practitioners import find_practitioner
from models.reminders.outbox import queue_again
from models.requests import Request
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import Status

#: E-mails that ask for something, and where the request stands while it can be done.
_ASKS_IN: Mapping[str, Status] = {
    "returned": Status.RETURNED,
    "payment_due": Status.AWAITING_PAYMENT,
    "activation": Status.AWAITING_ACTIVATION,
    "old_address_notice": Status.AWAITING_ACTIVATION,
    "link_expired": Status.AWAITING_ACTIVATION,
}


@dataclass(frozen=True)
class Undelivered:
    """An e-mail about a request that failed or came back."""

    id: UUID
    tracking_code: str
    letter: str


@dataclass
class Resent:
    """What became of them."""

    queued: int = 0
    #: What they ask for cannot be done any more: a link that is not valid, a request that moved on.
    outdated: list[Undelivered] = field(default_factory=list)


async def undelivered(
    *, tracking_code: str | None = None, letter: str | None = None, since: datetime | None = None
) -> list[Undelivered]:
    """The e-mails about requests that failed or came back, oldest first; of all requests or one."""
    async with transaction() as session:
        found = await undelivered_letters(
            session, tracking_code=tracking_code, letter=letter, since=since
        )
    return [Undelivered(*one) for one in found]


async def resend_letters(found: Sequence[Undelivered], *, by: Actor, now: datetime) -> Resent:
    """Queue these e-mails again, under the Message-ID that they have.

    What asks for something that cannot be done any more stays as it is. Repeated, it changes
    nothing: an e-mail that waits already is left alone.
    """
    resent = Resent()
    for one in found:
        async with transaction() as session:
            letter = await _locked(session, one.id)
            if letter is None:
                continue
            request = await session.get_one(Request, letter.request_id)
            if not await _is_current(session, letter, request, now):
                resent.outdated.append(one)
                continue
            letter.status, letter.settled_at, letter.came_back_at = LetterStatus.QUEUED, None, None
            letter.next_attempt_at, letter.attempts, letter.waits_for_us = now, 0, False
            letter.lease = letter.leased_until = None
            again = EventName.LETTER_RESENT
            record(session, request, again, by=by, now=now, reason_code=letter.letter)
            await ring(session)
        resent.queued += 1
    return resent


async def drop_letters(found: Sequence[Undelivered], *, now: datetime) -> int:
    """Say that these e-mails are not wanted any more; returns how many. Repeated, it is none."""
    dropped = 0
    for one in found:
        async with transaction() as session:
            letter = await _locked(session, one.id)
            if letter is None:
                continue
            request = await session.get_one(Request, letter.request_id)
            letter.status, letter.settled_at, letter.came_back_at = LetterStatus.SKIPPED, now, None
            letter.not_sent_reason = "dropped"
            drop = EventName.LETTER_DROPPED
            record(session, request, drop, by=OPERATIONS, now=now, reason_code=letter.letter)
            await ring(session)
        dropped += 1
    return dropped


async def resend_reminders(
    session: AsyncSession,
    *,
    now: datetime,
    registration_number: str | None = None,
    since: datetime | None = None,
) -> int:
    """Queue reminders again that failed; the next run sends those whose day is not over.

    Not to addresses that are suppressed. Repeated, it is none. In the caller's transaction. Raises
    `models.practitioners.PractitionerUnknown`.
    """
    person = None
    if registration_number is not None:
        person = (await find_practitioner(session, registration_number)).id
    return await queue_again(session, now=now, practitioner_id=person, since=since)


async def _locked(session: AsyncSession, letter_id: UUID) -> Letter | None:
    """The row, locked, where it is still undelivered."""
    letter = await session.get_one(Letter, letter_id, with_for_update=True)
    is_undelivered = letter.status == LetterStatus.FAILED or letter.came_back_at is not None
    return letter if is_undelivered else None


async def _is_current(
    session: AsyncSession, letter: Letter, request: Request, now: datetime
) -> bool:
    if _ASKS_IN.get(letter.letter, request.status) != request.status:
        return False
    if letter.link_id is None or letter.letter == "link_expired":
        return True
    link = await session.get_one(ActivationLink, letter.link_id)
    return link.superseded_at is None and link.used_at is None and link.expires_at > now
