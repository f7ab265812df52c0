"""Reference numbers: sequential for each kind and year, gap-free, issued once."""

import logging
from collections.abc import Awaitable, Callable, Iterable

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


async def next_numbers(
    session: AsyncSession,
    attribute: str | None,
    written: Callable[[int], str],
    count: int,
    *,
    kind: str,
    calendar: str,
    year: int,
) -> list[str]:
    """The next so many numbers, as they are ``written``, that no row has in this attribute.

    They are taken as `next_sequence` says. A counter that lies behind the rows (one that was
    restored or set by hand) is moved beyond the numbers that they have, and the log says so: no
    number is ever issued twice.
    """
    column = col(attribute)

    async def taken_of(sequences: Iterable[int]) -> list[int]:
        by_number = {written(sequence): sequence for sequence in sequences}
        query = select(column).where(column.in_(by_number))
        return [by_number[str(found)] for found in (await session.exec(query)).all()]

    async def is_taken(sequence: int) -> bool:
        return bool(await taken_of([sequence]))

    last = await next_sequence(session, count, kind=kind, calendar=calendar, year=year)
    first = last - count + 1
    issued: list[int] = []
    while block := range(first, first + count - len(issued)):
        met = min(await taken_of(block), default=None)
        if met is None:
            issued += block
            break
        issued += range(first, met)
        first = await _first_free(met, is_taken)
        logger.warning(
            "the counter of %s in %d lay behind: numbers %d to %d are issued already; "
            "it goes on at %d",
            kind,
            year,
            met,
            first - 1,
            first,
        )
    if issued[-1] != last:
        await session.exec(
            update(ReferenceCounter)
            .where(
                col(ReferenceCounter.kind) == kind,
                col(ReferenceCounter.calendar) == calendar,
                col(ReferenceCounter.year) == year,
            )
            .values(last=issued[-1])
        )
    return [written(sequence) for sequence in issued]


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


async def next_sequence(
    session: AsyncSession, count: int = 1, *, kind: str, calendar: str, year: int
) -> int:
    """The last of the next so many numbers, in the caller's transaction.

    The counter's row stays locked until that transaction ends: concurrent callers queue, and a
    transaction that fails gives its numbers back, so there are no gaps.
    """
    statement = (
        insert(ReferenceCounter)
        .values(kind=kind, calendar=calendar, year=year, last=count)
        .on_conflict_do_update(
            index_elements=["kind", "calendar", "year"],
            set_={"last": col(ReferenceCounter.last) + count},
        )
        .returning(col(ReferenceCounter.last))
    )
    return int((await session.exec(statement)).scalar_one())
