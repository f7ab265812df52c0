"""Reference numbers: sequential for each kind and year, gap-free, issued once."""

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col
from sqlmodel.ext.asyncio.session import AsyncSession


class ReferenceCounter(SQLModel, table=True):
    """The last number issued for one kind in one year of one calendar."""

    __tablename__ = "reference_counters"

    kind: str = Field(primary_key=True)
    calendar: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


async def next_sequence(session: AsyncSession, *, kind: str, calendar: str, year: int) -> int:
    """The next number, in the caller's transaction.

    The counter's row stays locked until that transaction ends: concurrent callers queue, and a
    transaction that fails gives its number back, so there are no gaps.
    """
    statement = (
        insert(ReferenceCounter)
        .values(kind=kind, calendar=calendar, year=year, last=1)
        .on_conflict_do_update(
            index_elements=["kind", "calendar", "year"],
            set_={"last": col(ReferenceCounter.last) + 1},
        )
        .returning(col(ReferenceCounter.last))
    )
    return int((await session.exec(statement)).scalar_one())
