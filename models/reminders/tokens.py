"""The links in a reminder: one asks for no more of them, the other confirms the profile."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Index, delete, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
from models.links import hash_token
from models.reminders.reminders import Reminder
from models.statements import execute


class TokenPurpose(StrEnum):
    """What a token in a reminder does when its page's button is pressed."""

    #: Ends the reminders to the address that its letter went to.
    UNSUBSCRIBE = "unsubscribe"
    #: Says that the profile on file is right.
    CONFIRM = "confirm"


class ReminderToken(SQLModel, table=True):
    """A token of one reminder's letter, for one purpose."""

    __tablename__ = "reminder_tokens"
    __table_args__ = (Index("reminder_tokens_by_expiry", "expires_at"),)

    #: SHA-256 of the token; the token itself is only in the letter.
    token_hash: str = Field(primary_key=True)
    reminder_id: UUID = Field(foreign_key="reminders.id")
    expires_at: datetime = instant()
    #: A `TokenPurpose`. Mail programs press "unsubscribe" themselves: its token confirms nothing.
    purpose: str


class NewToken(NamedTuple):
    """A token that is about to go out."""

    reminder_id: UUID
    purpose: TokenPurpose
    token: str
    expires_at: datetime


#: How long a token is kept that works no more.
_KEPT_FOR = timedelta(days=400)
_KEEP = text("""
INSERT INTO reminder_tokens (token_hash, reminder_id, purpose, expires_at)
SELECT token_hash, reminder_id, purpose, expires_at
FROM unnest(CAST(:hashes AS text[]), CAST(:reminders AS uuid[]), CAST(:purposes AS text[]),
    CAST(:expiries AS timestamptz[])) AS kept (token_hash, reminder_id, purpose, expires_at)
""")


def new_token() -> str:
    """256 random bits, as `models.links.mint_token` writes them."""
    return secrets.token_urlsafe(32)


async def keep_tokens(session: AsyncSession, tokens: Sequence[NewToken]) -> None:
    """Keep the tokens' hashes.

    A letter that is written again gets other tokens; all work, whichever copy arrived.
    """
    if tokens:
        await execute(
            session,
            _KEEP,
            {
                "hashes": [hash_token(each.token) for each in tokens],
                "reminders": [each.reminder_id for each in tokens],
                "purposes": [each.purpose for each in tokens],
                "expiries": [each.expires_at for each in tokens],
            },
        )


async def find_token(
    session: AsyncSession, token: str, purpose: TokenPurpose
) -> tuple[ReminderToken, Reminder] | None:
    """The token and the reminder whose letter carried it."""
    query = (
        select(ReminderToken, Reminder)
        .join(Reminder, col(Reminder.id) == col(ReminderToken.reminder_id))
        .where(
            col(ReminderToken.token_hash) == hash_token(token),
            col(ReminderToken.purpose) == purpose,
        )
    )
    return (await session.exec(query)).one_or_none()


async def forget_tokens(session: AsyncSession, *, now: datetime) -> None:
    """Delete the tokens that expired long ago; a clock that is wrong for a while costs none."""
    query = delete(ReminderToken).where(col(ReminderToken.expires_at) < now - _KEPT_FOR)
    await session.exec(query)
