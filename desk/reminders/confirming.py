"""The link in a reminder by which a practitioner says that the data on file are right."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.reminders.links import ReminderLinkState
from models.database import patiently, transaction
from models.practitioners import LOCK, Practitioner, ProfileConfirmation
from models.reminders.reminders import Reminder
from models.reminders.tokens import ReminderToken, TokenPurpose, find_token
from rules.values.email_address import mailbox_of


@dataclass(frozen=True, kw_only=True, repr=False)
class ShownProfile:
    """The data on file, as far as a page shows them to whoever holds the link.

    No identity number, birth date or street; of the mobile number only its end.
    """

    name_ar: str
    name_en: str
    email: str
    mobile_end: str
    employer: str
    specialty: str
    rank: str


@dataclass(frozen=True, repr=False)
class ConfirmView:
    """What the link's page shows."""

    state: ReminderLinkState
    #: None unless the link is usable.
    profile: ShownProfile | None = None
    #: Stands for what the page shows: pressing its button confirms these data and no later ones.
    seen: str = ""
    #: None unless it is done.
    confirmed_at: datetime | None = None
    #: That of the practitioner's letters; None where the link is unknown.
    language: str | None = None


_UNKNOWN = ConfirmView(ReminderLinkState.UNKNOWN)
_MOBILE_END = 3


async def look(token: str, *, now: datetime) -> ConfirmView:
    """What this link can do now; changes nothing, as mail scanners open every link."""
    async with transaction() as session:
        found = await find_token(session, token, TokenPurpose.CONFIRM)
        if found is None:
            return _UNKNOWN
        return _view(*found, await _practitioner(session, found[1]), now)


@patiently
async def confirm(token: str, *, seen: str, now: datetime) -> ConfirmView:
    """The data on file are right, says their owner; repeated, it is the same.

    Where the data are not those that the page showed (``seen``) any more, nothing is confirmed and
    the view shows the new ones.
    """
    async with transaction() as session:
        found = await find_token(session, token, TokenPurpose.CONFIRM)
        if found is None:
            return _UNKNOWN
        _, reminder = found
        practitioner = await _practitioner(session, reminder, lock=True)
        view = _view(*found, practitioner, now)
        if view.state is not ReminderLinkState.USABLE or view.seen != seen:
            return view
        practitioner.confirmed_at = now
        session.add(
            ProfileConfirmation(
                practitioner_id=practitioner.id,
                version=practitioner.version,
                confirmed_at=now,
                reminder_id=reminder.id,
            )
        )
        return _done(practitioner, now)


async def _practitioner(
    session: AsyncSession, reminder: Reminder, *, lock: bool = False
) -> Practitioner:
    return await session.get_one(
        Practitioner, reminder.practitioner_id, with_for_update=LOCK if lock else None
    )


def _view(
    token: ReminderToken, reminder: Reminder, practitioner: Practitioner, now: datetime
) -> ConfirmView:
    if mailbox_of(practitioner.email) != reminder.address:
        # Mailed to an address that is not this practitioner's any more.
        return _UNKNOWN
    if practitioner.confirmed_at is not None and practitioner.confirmed_at >= reminder.created_at:
        return _done(practitioner, practitioner.confirmed_at)
    if token.expires_at <= now:
        return ConfirmView(ReminderLinkState.EXPIRED, language=practitioner.preferred_language)
    shown = _shown(practitioner)
    return ConfirmView(
        ReminderLinkState.USABLE,
        profile=shown,
        seen=_digest(practitioner.version, shown),
        language=practitioner.preferred_language,
    )


def _done(practitioner: Practitioner, at: datetime) -> ConfirmView:
    return ConfirmView(
        ReminderLinkState.DONE, confirmed_at=at, language=practitioner.preferred_language
    )


def _shown(practitioner: Practitioner) -> ShownProfile:
    return ShownProfile(
        name_ar=practitioner.name_ar,
        name_en=practitioner.name_en,
        email=practitioner.email,
        mobile_end=practitioner.mobile[-_MOBILE_END:],
        employer=practitioner.employer,
        specialty=practitioner.specialty,
        rank=practitioner.rank,
    )


def _digest(version: int, shown: ShownProfile) -> str:
    """Of what the page shows and nothing else: a digest of hidden data could be searched for."""
    values = json.dumps([version, *astuple(shown)])
    return hashlib.sha256(values.encode()).hexdigest()
