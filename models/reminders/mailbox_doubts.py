"""Mailboxes that were refused in words which may mean that they are gone, or something else."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
from models.statements import execute

_BELIEVE = text("DELETE FROM mailbox_doubts WHERE address = ANY(CAST(:mailboxes AS text[]))")


class MailboxDoubt(SQLModel, table=True):
    """One address that is refused so, from the first time on; an accepted letter ends it."""

    __tablename__ = "mailbox_doubts"

    #: As `models.reminders.reminders.mailbox_of` writes it.
    address: str = Field(primary_key=True)
    since: datetime = instant()
    last_at: datetime = instant()
    #: What the mail server said last, without addresses.
    server_reply: str


async def doubt(session: AsyncSession, mailbox: str, *, reply: str, now: datetime) -> datetime:
    """The mailbox was refused; returns since when it is."""
    row = MailboxDoubt(address=mailbox, since=now, last_at=now, server_reply=reply)
    found = await session.exec(
        insert(MailboxDoubt)
        .values(row.model_dump())
        .on_conflict_do_update(
            index_elements=["address"], set_={"last_at": now, "server_reply": reply}
        )
        .returning(col(MailboxDoubt.since))
    )
    since: datetime = found.scalar_one()
    return since


async def believe(session: AsyncSession, mailboxes: list[str]) -> None:
    """These mailboxes took a letter: there is no doubt any more."""
    if mailboxes:
        await execute(session, _BELIEVE, {"mailboxes": mailboxes})


async def count_doubts(session: AsyncSession) -> int:
    """How many mailboxes are in doubt."""
    return (await session.exec(select(func.count()).select_from(MailboxDoubt))).one()
