"""Which officers have a case open at this moment: rows that are gone within seconds."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Interval, delete, func, literal, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import INSTANT, instant

_NOW = func.clock_timestamp(type_=INSTANT)


class CaseReader(SQLModel, table=True):
    """One page of a case that an officer has open. A crash of the server may forget them all."""

    __tablename__ = "case_readers"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    stream: UUID = Field(primary_key=True)
    #: No foreign key: nothing waits for these rows.
    tracking_code: str = Field(index=True)
    officer: str
    #: By the database's clock, which all processes share.
    until: datetime = instant()


async def note_reader(
    session: AsyncSession, stream: UUID, tracking_code: str, officer: str, *, lasts: timedelta
) -> None:
    """The page is open, and so it is for as long as this from now on."""
    until = _NOW + literal(lasts, Interval)
    await session.exec(
        insert(CaseReader)
        .values(stream=stream, tracking_code=tracking_code, officer=officer, until=until)
        .on_conflict_do_update(index_elements=["stream"], set_={"until": until})
    )


async def other_readers(session: AsyncSession, tracking_code: str, officer: str) -> tuple[str, ...]:
    """The other officers who have this case open, each once, by name."""
    query = (
        select(CaseReader.officer)
        .where(
            col(CaseReader.tracking_code) == tracking_code,
            col(CaseReader.officer) != officer,
            col(CaseReader.until) > _NOW,
        )
        .distinct()
        .order_by(col(CaseReader.officer))
    )
    return tuple((await session.exec(query)).all())


async def forget_reader(session: AsyncSession, stream: UUID) -> None:
    """The page is closed; so are those that nobody has said anything of for long enough."""
    await session.exec(
        delete(CaseReader)
        .where(or_(col(CaseReader.stream) == stream, col(CaseReader.until) <= _NOW))
        .execution_options(synchronize_session=False)
    )
