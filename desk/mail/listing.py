"""How e-mails fare, one by one: what operations and officers read of them."""

import re
from dataclasses import dataclass
from datetime import datetime

from mail.delivering.outcomes import without_addresses
from models.cases import find_letters
from models.database import transaction
from models.letters import Letter
from models.reminders.reminders import Reminder, find_reminders
from rules.reminders.decision import ReminderStatus
from rules.requests.letter_status import LetterStatus

#: A mail server's words may repeat the address; its codes do not.
_REPLY_CODES = re.compile(r"[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?")


@dataclass(frozen=True, kw_only=True)
class LetterState:
    """How one e-mail fares; without its address and its facts."""

    letter: str
    status: LetterStatus | ReminderStatus
    #: Whether a report said that it did not arrive, although the mail server had taken it.
    came_back: bool
    attempts: int
    queued_at: datetime
    settled_at: datetime | None
    #: None for one that is not tried again.
    next_attempt_at: datetime | None
    #: Whether it waits because we or our mail server must mend something.
    waits_for_us: bool
    not_sent_reason: str | None
    #: What the mail server said, or what was wrong with the way there; without addresses.
    reply: str | None
    reply_codes: str | None


@dataclass(frozen=True)
class ListedLetter:
    """An e-mail of a list, with the request or, for a reminder, the person that it is about."""

    state: LetterState
    tracking_code: str | None = None
    registration_number: str | None = None


def letter_state(row: Letter | Reminder) -> LetterState:
    """How this row's e-mail fares."""
    if isinstance(row, Letter):
        came_back, why_not = row.came_back_at is not None, row.not_sent_reason
    else:
        came_back, why_not = False, None if row.server_reply is not None else row.reason
    return LetterState(
        letter=row.letter or "",
        status=row.status,
        came_back=came_back,
        attempts=row.attempts,
        queued_at=row.created_at,
        settled_at=row.settled_at,
        next_attempt_at=row.next_attempt_at if row.status == LetterStatus.QUEUED else None,
        waits_for_us=row.waits_for_us,
        not_sent_reason=why_not,
        reply=without_addresses(row.server_reply, "") if row.server_reply else None,
        reply_codes=reply_codes(row.server_reply),
    )


def reply_codes(reply: str | None) -> str | None:
    """The codes at the head of a mail server's reply, such as ``550 5.1.1``."""
    found = _REPLY_CODES.match(reply or "")
    return found[0] if found else None


async def list_letters(*, status: LetterStatus | None, limit: int) -> tuple[ListedLetter, ...]:
    """E-mails about requests and reminders of this status, newest first."""
    same = None if status is None else ReminderStatus(status)
    async with transaction() as session:
        letters = await find_letters(session, status=status, limit=limit)
        reminders = await find_reminders(session, status=same, limit=limit)
    found = [ListedLetter(letter_state(row), tracking_code=code) for row, code in letters]
    found += [ListedLetter(letter_state(row), registration_number=one) for row, one in reminders]
    return tuple(sorted(found, key=lambda one: one.state.queued_at, reverse=True)[:limit])
