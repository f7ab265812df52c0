"""Send the letters we owe about requests, accounts and the desk: their part of the one way."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.accounts.address_codes import mint_code
from desk.clock import utc_now
from desk.requests.officer_emails import only_true
from mail.composing.attaching import Attachment
from mail.delivering.outcomes import Deferred
from mail.delivering.pace import Pace
from mail.facts.letter import LetterFacts
from mail.facts.stored import facts_from_json, secrets_of
from mail.settings import MailSettings
from models.accounts.links import mint_account_tokens
from models.database import Glance, glances, patiently, transaction
from models.door import PIPELINE, record, ring
from models.letter_outbox import (
    HeldLetter,
    LetterStamp,
    Owed,
    Stamped,
    give_back_letters,
    hold_letters,
    owed_at,
    requests_of,
    stamp_letters,
    still_held,
)
from models.links import mint_tokens
from models.mail_outages import outage
from rules.requests.events import EventName
from rules.requests.letter_status import LetterStatus
from tasks.attached_cards import CardSheets, is_attached
from tasks.sending.composing import LinkOver
from tasks.sending.outbox import Ended, MailOutbox, Taken
from tasks.sending.post import Post
from tasks.sending.sender import Sender

logger = logging.getLogger("mumaris.letters")

#: Connections at a time: a server that hangs on one letter holds up that one.
CONNECTIONS = 8
#: Seconds between two looks whether a letter is due for which somebody may be waiting.
LOOK_EVERY = 0.1
#: So long a pass holds letters: a worker that is to leave does not wait for a whole file.
PASS_WITHIN = timedelta(seconds=15)
#: Letters held at once where policy has cards travel with them: setting a card takes much longer
#: than sending it, and what is held and not begun in time is given back.
WITH_CARDS = 50
#: The page of the portal that each secret fact of a letter leads to.
PAGES = {
    "activation_url": "activate",
    "new_link_url": "activate",
    "stop_url": "stop",
    "first_sign_in_url": "first-sign-in",
    "new_password_url": "new-password",
}


async def deliver_letters(*, now: datetime, request_id: UUID | None = None) -> int:
    """Send the letters that are due, of one request or of all; returns how many were tried.

    Safe to run in many places at once. What cannot be sent now is due again later; what waits
    because of us or our mail server is never given up; what the recipient's server refuses for good
    is failed, with the reason on its row and a line in the request's history.

    What was owed in bulk leaves beside the others, over connections of its own: until it has left,
    one is looked for again and again that somebody may be waiting for.
    """
    settings = MailSettings()
    if request_id is not None:
        return _tried(await _sender(request_id, now, settings).run())
    owed = await _owed(now)
    if Owed.IN_BULK in owed:
        return await _beside_the_bulk(owed, now, settings)
    return _tried(await _sender(Owed.SINGLY, now, settings).run()) if owed else 0


async def _beside_the_bulk(owed: Collection[Owed], now: datetime, settings: MailSettings) -> int:
    began, by, tried = time.monotonic(), now, 0
    bulk = _sender(Owed.IN_BULK, now, settings)
    leaving = asyncio.create_task(bulk.run())
    try:
        while True:
            if Owed.SINGLY in owed:
                singly = _sender(Owed.SINGLY, by, settings)
                # Of the pass, not of one of them: a single refusal of us is no news while others
                # leave.
                singly.has_left = bulk.has_left
                tried += _tried(await singly.run())
                bulk.has_left |= singly.has_left
                if singly.is_away:
                    break
            await asyncio.wait({leaving}, timeout=LOOK_EVERY)
            if leaving.done():
                break
            by = now + timedelta(seconds=time.monotonic() - began)
            owed = await _owed(by)
        return tried + _tried(await leaving)
    finally:
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)


@patiently
async def _owed(now: datetime) -> Collection[Owed]:
    """One question, of most passes the only one: a sender of either asks several."""
    async with glances() as connection:
        return await owed_at(connection, now)


def _tried(counts: Counter[str]) -> int:
    return counts.total() - counts[LetterStatus.SKIPPED]


class LetterOutbox(MailOutbox[HeldLetter]):
    """What is due by an instant, of one request or of all; what is not waits for the next pass."""

    def __init__(self, of: UUID | Owed, due_by: datetime, settings: MailSettings) -> None:
        self._of = of
        self._due_by = due_by
        self._portal = settings.portal_url.rstrip("/")
        self._ends_at = time.monotonic() + PASS_WITHIN.total_seconds()
        #: What is left, or comes due from here on, is the next pass's.
        self._is_over = False
        self._sheets = CardSheets()

    @patiently
    async def take(self, _now: datetime, lease: timedelta, limit: int) -> Taken[HeldLetter]:
        """Hold the next; those of the desk that are true no more are skipped."""
        if self._is_over or time.monotonic() > self._ends_at:
            return Taken(0, [], away=False)
        async with transaction() as session:
            away = await outage(session) is not None
            if away and isinstance(self._of, UUID):
                # A run does not wait for a mail server that is away: the sweep finds out when it is
                # back, and sends what the run left.
                return Taken(0, [], away=True)
            limit = 1 if away else min(limit, WITH_CARDS) if is_attached() else limit
            held = await hold_letters(
                session, now=self._due_by, lease=lease, limit=limit, of=self._of
            )
            true = await only_true(session, held, now=self._due_by)
            await _mint(session, true, now=utc_now())
        self._is_over = away or len(held) < limit
        return Taken(len(held), true, away)

    async def facts(self, letter: HeldLetter) -> LetterFacts:
        """With the secret addresses that it carries, or its code, which is drawn now.

        Raises `LinkOver` where its link opens nothing any more, `CodeOver` likewise, and what
        `facts_from_json` raises.
        """
        names, secrets = secrets_of(letter.letter), dict[str, str]()
        if names == {"code"}:
            secrets["code"] = await _draw_code(letter.id)
        elif letter.link_id or letter.account_link_id:
            if letter.token is None:
                raise LinkOver
            secrets = {name: f"{self._portal}/{PAGES[name]}/{letter.token}" for name in names}
        return facts_from_json(letter.letter, letter.facts, **secrets)

    async def with_file(
        self, letter: HeldLetter, facts: LetterFacts
    ) -> tuple[LetterFacts, Attachment | None]:
        """The card, where it came into force and policy attaches it."""
        return await self._sheets.with_card(
            letter.id, facts, request_id=letter.request_id, dated=letter.dated, now=self._due_by
        )

    async def still_ours(
        self, connection: Glance, letters: Sequence[HeldLetter]
    ) -> Collection[UUID]:
        """As their rows say."""
        return await still_held(connection, letters)

    async def stamp(
        self, session: AsyncSession, ended: Sequence[Ended[HeldLetter]], now: datetime
    ) -> None:
        """On their rows; one that failed is a line in its request's history too."""
        stamped = await stamp_letters(session, [_stamp(one) for one in ended], now=now)
        for letter_id in {one.letter.id for one in ended} - {row.id for row in stamped}:
            logger.warning("e-mail %s was taken over by another sender", letter_id)
        await _tell_of_failures(session, stamped, now=now)

    async def give_back(
        self, session: AsyncSession, letters: Sequence[HeldLetter], _now: datetime, _is_away: bool
    ) -> None:
        """They are due as before, and leave as soon as anything does."""
        await give_back_letters(session, letters)


async def _mint(session: AsyncSession, letters: Sequence[HeldLetter], *, now: datetime) -> None:
    """A token for each link that these letters carry and that still opens something."""
    of_requests = {one.link_id for one in letters if one.link_id}
    of_accounts = {one.account_link_id for one in letters if one.account_link_id}
    tokens = await mint_tokens(session, of_requests, now=now)
    tokens |= await mint_account_tokens(session, of_accounts, now=now)
    for one in letters:
        if (link_id := one.link_id or one.account_link_id) is not None:
            one.token = tokens.get(link_id)


def _sender(of: UUID | Owed, due_by: datetime, settings: MailSettings) -> Sender[HeldLetter]:
    outbox = LetterOutbox(of, due_by, settings)
    post = Post(outbox, settings, Pace(per_second=0, per_second_per_domain=0))
    return Sender(outbox, carriage=post, connections=CONNECTIONS)


@patiently
async def _draw_code(letter_id: UUID) -> str:
    return await mint_code(letter_id, now=utc_now())


def _stamp(ended: Ended[HeldLetter]) -> LetterStamp:
    status = LetterStatus.SENT if ended.sent else LetterStatus.FAILED
    return LetterStamp(
        ended.letter,
        LetterStatus.QUEUED if ended.again else status,
        ended.outcome.reply,
        ended.again,
        for_us=ended.again is not None
        and isinstance(ended.outcome, Deferred)
        and ended.outcome.about_us,
    )


async def _tell_of_failures(
    session: AsyncSession, stamped: Sequence[Stamped], *, now: datetime
) -> None:
    failed = [row for row in stamped if row.status == LetterStatus.FAILED]
    event = EventName.LETTER_FAILED
    for request, letter in await requests_of(session, failed):
        record(session, request, event, by=PIPELINE, now=now, reason_code=letter)
    if failed:
        await ring(session)
