"""When mail did not leave: said once, whichever of many processes notices it."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, optional_instant


class MailOutage(SQLModel, table=True):
    """A time in which no mail left, because of us or of our mail server."""

    __tablename__ = "mail_outages"
    __table_args__ = (
        Index(
            "mail_is_away_once",
            text("(ended_at IS NULL)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    began_at: datetime = instant()
    #: What was said at the first refusal, without addresses.
    reason: str
    ended_at: datetime | None = optional_instant()
    #: When Prefect was told of the beginning and of the end.
    began_told_at: datetime | None = optional_instant()
    ended_told_at: datetime | None = optional_instant()


async def begin_outage(session: AsyncSession, *, reason: str, now: datetime) -> bool:
    """Mail does not leave; whether that is news. Repeated, the first reason stands."""
    row = MailOutage(began_at=now, reason=reason)
    added = await session.exec(
        insert(MailOutage)
        .values(row.model_dump())
        .on_conflict_do_nothing(
            index_elements=[text("(ended_at IS NULL)")], index_where=text("ended_at IS NULL")
        )
        .returning(col(MailOutage.id))
    )
    return added.scalar_one_or_none() is not None


async def end_outage(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Mail leaves again; since when it did not, where that is news."""
    if await outage(session) is None:
        return None
    ended = await session.exec(
        update(MailOutage)
        .where(col(MailOutage.ended_at).is_(None))
        .values(ended_at=now)
        .returning(col(MailOutage.began_at))
    )
    return ended.scalar_one_or_none()


async def outage(session: AsyncSession) -> MailOutage | None:
    """The outage that has not ended."""
    return (
        await session.exec(select(MailOutage).where(col(MailOutage.ended_at).is_(None)))
    ).one_or_none()


async def untold_outages(session: AsyncSession) -> list[MailOutage]:
    """Those whose beginning or end Prefect was not told of yet; locked, oldest first."""
    ended = col(MailOutage.ended_at).is_not(None) & col(MailOutage.ended_told_at).is_(None)
    query = (
        select(MailOutage)
        .where(or_(col(MailOutage.began_told_at).is_(None), ended))
        .order_by(col(MailOutage.began_at))
        .with_for_update(skip_locked=True)
    )
    return list((await session.exec(query)).all())
