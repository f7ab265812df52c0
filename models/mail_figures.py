"""How many e-mails fared how, by letter and language."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal, or_, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.letters import Letter
from models.practitioners import Practitioner
from models.reminders.reminders import Reminder
from models.statements import execute
from rules.reminders.decision import ReminderStatus
from rules.requests.letter_status import LetterStatus


class CountedMail(NamedTuple):
    """The e-mails of one letter in one language."""

    letter: str
    #: ``ar`` or ``en``.
    language: str
    sent: int
    waiting: int
    #: Never taken by a mail server.
    refused: int
    #: Taken, and reported afterwards not to have arrived.
    came_back: int


async def count_letters(session: AsyncSession, *, since: datetime) -> list[CountedMail]:
    """E-mails about requests and accounts: those written since then, and all that still wait.

    What failed or came back before counts as long as nobody has sent it again or dropped it.
    """
    came_back = col(Letter.came_back_at).is_not(None)
    is_queued = col(Letter.status) == LetterStatus.QUEUED
    is_failed = col(Letter.status) == LetterStatus.FAILED
    language = col(Letter.facts)["language"].astext
    figures = [
        func.count().filter(col(Letter.status) == LetterStatus.SENT, ~came_back),
        func.count().filter(is_queued),
        func.count().filter(is_failed),
        func.count().filter(came_back),
    ]
    query = (
        select(col(Letter.letter), language, *figures)
        .where(or_(col(Letter.created_at) >= since, is_queued, is_failed, came_back))
        .group_by(col(Letter.letter), language)
        .order_by(col(Letter.letter), language)
    )
    return [CountedMail(*row) for row in await execute(session, query)]


async def count_reminders(session: AsyncSession, *, since: datetime) -> list[CountedMail]:
    """Reminders that were letters: those decided since then, and all that still wait."""
    is_queued = col(Reminder.status) == ReminderStatus.QUEUED
    language = col(Practitioner.preferred_language)
    figures = [
        func.count().filter(col(Reminder.status) == ReminderStatus.SENT),
        func.count().filter(is_queued),
        func.count().filter(col(Reminder.status) == ReminderStatus.FAILED),
    ]
    query = (
        select(col(Reminder.letter), language, *figures, literal(0))
        .join(Practitioner, col(Practitioner.id) == col(Reminder.practitioner_id))
        .where(
            col(Reminder.letter).is_not(None),
            or_(col(Reminder.created_at) >= since, is_queued),
        )
        .group_by(col(Reminder.letter), language)
        .order_by(col(Reminder.letter), language)
    )
    return [CountedMail(*row) for row in await execute(session, query)]
