"""Reference numbers: sequential for each kind and year, gap-free, issued once."""

import logging
from collections.abc import Awaitable, Callable

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

logger = logging.getLogger("mumaris.references")


class ReferenceCounter(SQLModel, table=True):
    """The last number issued for one kind in one year of one calendar."""

    __tablename__ = "reference_counters"

    kind: str = Field(primary_key=True)
    calendar: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int = 0


async def next_number(
    session: AsyncSession,
    attribute: str | None,
    written: Callable[[int], str],
    *,
    kind: str,
    calendar: str,
    year: int,
) -> str:
    """The next number, as it is ``written``, that no row has in this attribute, as `next_sequence`.

    A counter that lies behind the rows (one that was restored or set by hand) is moved to the
    highest number that they have, and the log says so: no number is ever issued twice.
    """
    column = col(attribute)

    async def is_taken(sequence: int) -> bool:
        query = select(column).where(column == written(sequence))
        return (await session.exec(query)).first() is not None

    sequence = await next_sequence(session, kind=kind, calendar=calendar, year=year)
    if not await is_taken(sequence):
        return written(sequence)
    free = await _first_free(sequence, is_taken)
    logger.warning(
        "the counter of %s in %d lay behind: numbers %d to %d are issued already; it goes on at %d",
        kind,
        year,
        sequence,
        free - 1,
        free,
    )
    await session.exec(
        update(ReferenceCounter)
        .where(
            col(ReferenceCounter.kind) == kind,
            col(ReferenceCounter.calendar) == calendar,
            col(ReferenceCounter.year) == year,
        )
        .values(last=free)
    )
    return written(free)


async def _first_free(taken: int, is_taken: Callable[[int], Awaitable[bool]]) -> int:
    """A number above ``taken`` that is free, while the one below it is not.

    There are no gaps, so that is the one after the highest; where somebody made one, it is free
    all the same.
    """
    step = 1
    while await is_taken(taken + step):
        taken, step = taken + step, step * 2
    free = taken + step
    while free - taken > 1:
        middle = (taken + free) // 2
        if await is_taken(middle):
            taken = middle
        else:
            free = middle
    return free


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
