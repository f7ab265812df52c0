"""What officers have ticked of a request: that they have looked at it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among, instant
from models.inserting import insert_new
from models.requests import Request


class Tick(SQLModel, table=True):
    """One officer has looked at one thing in one round. It says nothing to anybody else."""

    __tablename__ = "ticks"

    request_id: UUID = Field(foreign_key="requests.id", primary_key=True)
    round: int = Field(primary_key=True)
    officer: str = Field(foreign_key="officers.user_name", primary_key=True)
    #: A name of `rules.requests.ticks.to_tick`.
    what: str = Field(primary_key=True)
    at: datetime = instant()


async def ticks_of(session: AsyncSession, request: Request, officer: str) -> frozenset[str]:
    """What this officer has ticked in the request's present round."""
    return (await ticks_of_many(session, [(request, officer)]))[request.id]


async def ticks_of_many(
    session: AsyncSession, looked_at: Sequence[tuple[Request, str]]
) -> dict[UUID, frozenset[str]]:
    """The same of many requests, each with its officer; by the requests' ids."""
    wanted = {request.id: (request.round, officer) for request, officer in looked_at}
    query = select(Tick).where(
        among(col(Tick.request_id), wanted), among(col(Tick.officer), {o for _, o in looked_at})
    )
    found: dict[UUID, set[str]] = {id_: set() for id_ in wanted}
    for tick in (await session.exec(query)).all():
        if (tick.round, tick.officer) == wanted[tick.request_id]:
            found[tick.request_id].add(tick.what)
    return {id_: frozenset(ticked) for id_, ticked in found.items()}


async def add_ticks(
    session: AsyncSession, request: Request, officer: str, what: Collection[str], *, now: datetime
) -> None:
    """These are ticked too; one that was ticked before keeps its instant."""
    await keep_ticks_of_many(session, [(request, officer, what)], now=now)


async def keep_ticks_of_many(
    session: AsyncSession,
    looked_at: Sequence[tuple[Request, str, Collection[str]]],
    *,
    now: datetime,
) -> None:
    """The same of many requests, each with its officer and what is ticked."""
    rows = [
        Tick(request_id=request.id, round=request.round, officer=officer, what=each, at=now)
        for request, officer, what in looked_at
        for each in what
    ]
    await insert_new(session, rows)


async def keep_only_ticks(
    session: AsyncSession, request: Request, officer: str, what: Collection[str]
) -> None:
    """Of this officer's ticks of the present round, all others are taken off."""
    await session.exec(
        delete(Tick)
        .where(
            col(Tick.request_id) == request.id,
            col(Tick.round) == request.round,
            col(Tick.officer) == officer,
            col(Tick.what).not_in(what),
        )
        .execution_options(synchronize_session=False)
    )
