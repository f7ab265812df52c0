"""Newcomers: who has shown that they read a mailbox, and is not on the register yet."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, exists, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.accounts.newcomer_sessions import NewcomerSession
from models.columns import instant
from models.documents.documents import Upload
from models.drafts import Draft
from models.requests import Request
from models.sweeping import delete_old
from rules.documents.states import WITHOUT_CONTENT

#: What stands before its id in the place of a mailbox, as where a person is erased.
_NOBODY = "erased:"


class Newcomer(SQLModel, table=True):
    """A mailbox that somebody registers from: what they draft and send is theirs until then.

    Or the address under which a machine sends documents for who is to be registered.
    """

    __tablename__ = "newcomers"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    #: As `rules.values.email_address.mailbox_of` compares them; a machine's behind its number and a
    #: colon (`desk.machines.wishes`), so that no person's is it.
    mailbox: str = Field(unique=True)
    begun_at: datetime = instant()


async def find_newcomer(
    session: AsyncSession, mailbox: str, *, lock: bool = False
) -> Newcomer | None:
    """The newcomer of this mailbox; None where nobody has begun from it."""
    query = select(Newcomer).where(col(Newcomer.mailbox) == mailbox)
    if lock:
        query = query.with_for_update(key_share=True)
    return (await session.exec(query)).one_or_none()


async def newcomer_of_mailbox(
    session: AsyncSession, mailbox: str, *, now: datetime, lock: bool = False
) -> Newcomer:
    """The newcomer of this mailbox, made where there is none; two at once get the same.

    With ``lock`` nobody else locks it until the transaction ends.
    """
    new = Newcomer(mailbox=mailbox, begun_at=now)
    await session.exec(
        insert(Newcomer).values(new.model_dump()).on_conflict_do_nothing(index_elements=["mailbox"])
    )
    found = await find_newcomer(session, mailbox, lock=lock)
    if found is None:
        raise RuntimeError("a newcomer who has begun is not there")
    return found


async def sweep_newcomers(session: AsyncSession, *, begun_before: datetime, limit: int) -> int:
    """Delete newcomers of whom nothing is kept any more, up to so many; returns how many.

    Whoever begins anew from the mailbox is a new one. Those who began lately are left, whatever
    they have by now.
    """
    nothing_left = [_has_no(table) for table in (Draft, Upload, Request)]
    is_old = and_(col(Newcomer.begun_at) <= begun_before, *nothing_left)
    return await delete_old(session, Newcomer.id, is_old, since=Newcomer.begun_at, limit=limit)


async def blank_newcomers(session: AsyncSession, *, begun_before: datetime, limit: int) -> int:
    """Forget the mailboxes of newcomers of whom numbers are left alone; returns how many.

    That is emptied requests and documents without content: they name a newcomer who is nobody.
    Whoever is let in still, or has something that is read, is left.
    """
    nobody = func.concat(_NOBODY, col(Newcomer.id))
    forgettable = (
        select(Newcomer.id)
        .where(
            col(Newcomer.begun_at) <= begun_before,
            col(Newcomer.mailbox).not_like(f"{_NOBODY}%"),
            _has_no(Draft),
            _has_no(Upload, col(Upload.state).not_in(WITHOUT_CONTENT)),
            _has_no(Request, col(Request.emptied_at).is_(None)),
            ~exists(
                select(NewcomerSession.id).where(
                    col(NewcomerSession.address) == col(Newcomer.mailbox)
                )
            ),
        )
        .order_by(col(Newcomer.begun_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    blank = update(Newcomer).where(col(Newcomer.id).in_(forgettable)).values(mailbox=nobody)
    return (await session.exec(blank.execution_options(synchronize_session=False))).rowcount


def _has_no(
    table: type[Draft | Upload | Request], *such: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Of this table, nothing of the newcomer's that is such."""
    return ~exists(select(col(table.id)).where(col(table.newcomer_id) == col(Newcomer.id), *such))
