"""The link in a reminder by which its reader asks for no more of them."""

from dataclasses import dataclass
from datetime import datetime

from desk.reminders.links import ReminderLinkState
from models.database import patiently, transaction
from models.reminders.suppressions import suppress, suppression_of
from models.reminders.tokens import TokenPurpose, find_token
from rules.reminders.suppression import Why


@dataclass(frozen=True)
class UnsubscribeView:
    """What the link's page shows; no address, as whoever holds the link may be anybody."""

    state: ReminderLinkState


async def look(token: str, *, now: datetime) -> UnsubscribeView:
    """What this link can do now; changes nothing, as mail scanners open every link."""
    async with transaction() as session:
        found = await find_token(session, token, TokenPurpose.UNSUBSCRIBE)
        if found is None or found[1].address is None:
            return UnsubscribeView(ReminderLinkState.UNKNOWN)
        if await suppression_of(session, found[1].address, why=Why.UNSUBSCRIBED):
            return UnsubscribeView(ReminderLinkState.DONE)
        expired = found[0].expires_at <= now
        return UnsubscribeView(ReminderLinkState.EXPIRED if expired else ReminderLinkState.USABLE)


@patiently
async def unsubscribe(token: str, *, now: datetime) -> UnsubscribeView:
    """No more reminders to the address that this link was mailed to. Repeated, it is the same.

    Other letters are not touched: an activation link always arrives.
    """
    view = await look(token, now=now)
    if view.state is not ReminderLinkState.USABLE:
        return view
    async with transaction() as session:
        found = await find_token(session, token, TokenPurpose.UNSUBSCRIBE)
        if found is None or found[1].address is None:
            return UnsubscribeView(ReminderLinkState.UNKNOWN)
        _, reminder = found
        await suppress(
            session, found[1].address, why=Why.UNSUBSCRIBED, now=now, reminder_id=reminder.id
        )
    return UnsubscribeView(ReminderLinkState.DONE)
