"""What officers have ticked of a request: that they have looked at it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant
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
    query = select(Tick.what).where(
        col(Tick.request_id) == request.id,
        col(Tick.round) == request.round,
        col(Tick.officer) == officer,
    )
    return frozenset((await session.exec(query)).all())


async def add_ticks(
    session: AsyncSession, request: Request, officer: str, what: Collection[str], *, now: datetime
) -> None:
    """These are ticked too; one that was ticked before keeps its instant."""
    if not what:
        return
    row = {"request_id": request.id, "round": request.round, "officer": officer, "at": now}
    await session.exec(
        insert(Tick).values([row | {"what": each} for each in what]).on_conflict_do_nothing()
    )


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
