"""The very e-mails that a decision would send, before anybody decides."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.requests.activation import mail_link
from desk.requests.payments import ask_for_payment
from desk.requests.review import Ruling, decide_in
from mail.composing.rendering import Rendered, render
from mail.facts.stored import facts_from_json, secrets_of
from mail.settings import MailSettings
from models.cases import letters_of
from models.database import transaction
from models.letters import Letter
from models.requests import find_request
from rules.errors import MumarisError
from rules.requests.statuses import Status

#: Stands where a number will that is given out with the approval, and where a secret address will.
_LATER = "…"
_LATER_ADDRESS = "https://example.invalid/…"
_NUMBERS = ("reference_number", "bill_number")


@dataclass(frozen=True, kw_only=True, repr=False)
class EmailAhead:
    """An e-mail as it would leave; personal data."""

    letter: str
    to_address: str
    words: Rendered


async def emails_ahead(
    tracking_code: str, ruling: Ruling, *, now: datetime
) -> tuple[EmailAhead, ...]:
    """The e-mails that this decision, and what follows from it by itself, would send.

    Decided is what `desk.requests.review.decide` decides, with all its checks, in a transaction
    that is rolled back: nothing is kept, however often it is asked. An approval that another
    officer has to join sends none. Numbers and links that do not exist yet stand as "…". Raises as
    `decide`.
    """
    async with transaction() as session:
        request = await find_request(session, tracking_code)
        before = {letter.id for letter in await letters_of(session, request.id)}
        (said,) = (await decide_in(session, {tracking_code: ruling}, now=now)).values()
        if said is Status.APPROVED:
            await _go_on(session, tracking_code, now=now)
        await session.flush()
        found = [one for one in await letters_of(session, request.id) if one.id not in before]
        ahead = tuple(map(_ahead, found))
        await session.rollback()
    if isinstance(said, MumarisError):
        raise said
    return ahead


async def _go_on(session: AsyncSession, tracking_code: str, *, now: datetime) -> None:
    """What the pipeline does next with what is approved, as far as it writes to somebody."""
    request = await find_request(session, tracking_code, lock=True)
    if not await ask_for_payment(session, request, now=now):
        await mail_link(session, request, now=now)


def _ahead(letter: Letter) -> EmailAhead:
    known: dict[str, Any] = letter.facts | {
        name: _LATER for name in _NUMBERS if name in letter.facts
    }
    secrets = dict.fromkeys(secrets_of(letter.letter), _LATER_ADDRESS)
    facts = facts_from_json(letter.letter, known, **secrets)
    return EmailAhead(
        letter=letter.letter,
        to_address=letter.to_address,
        words=render(facts, MailSettings()),
    )
