"""Stop reminders to an address by hand, and let them begin again."""

from dataclasses import dataclass
from datetime import datetime

from models.database import transaction
from models.practitioners import count_by_email, find_practitioner
from models.reminders.suppressions import Suppression, lift, reasons_of, suppress, suppressions
from rules.errors import Conflict
from rules.reminders.suppression import Why
from rules.values.as_typed import plain
from rules.values.email_address import mailbox_of


class NoAddress(Conflict):
    """This person has no e-mail address on file."""


@dataclass(frozen=True)
class Suppressed:
    """What became of it."""

    is_new: bool
    #: All reasons that are in force now, oldest first.
    reasons: list[Why]
    #: Practitioners who have this address on file: they all get no more reminders.
    people: int


async def mailbox_meant(whom: str) -> str:
    """The address that is meant: itself, or the one on file for this registration number.

    Raises `NoAddress` and `models.practitioners.PractitionerUnknown`.
    """
    if "@" in whom:
        return mailbox_of(plain(whom))
    async with transaction() as session:
        found = await find_practitioner(session, whom)
    if not found.email:
        raise NoAddress
    return mailbox_of(found.email)


async def stop_reminders(mailbox: str, *, why: Why, now: datetime) -> Suppressed:
    """No more reminders to this address, for this reason beside others. Repeated, it is the same.

    E-mails about the person's own requests are not touched.
    """
    async with transaction() as session:
        is_new = await suppress(session, mailbox, why=why, now=now)
        people = await count_by_email(session, mailbox)
        return Suppressed(is_new, await reasons_of(session, mailbox), people)


async def suppressions_in_force(*, limit: int) -> list[Suppression]:
    """Who gets no reminders and why, newest first."""
    async with transaction() as session:
        return await suppressions(session, limit=limit)


async def reasons_against(mailbox: str) -> list[Why]:
    """Why this address gets no reminders, oldest reason first; [] where it gets them."""
    async with transaction() as session:
        return await reasons_of(session, mailbox)


async def allow_reminders(mailbox: str, *, now: datetime, why: Why | None = None) -> list[Why]:
    """Take back all reasons, or this one; returns those that were in force."""
    async with transaction() as session:
        return await lift(session, mailbox, now=now, why=why)
