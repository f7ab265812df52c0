"""What officers note at the review desk: what they put aside, and what they passed on."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, UniqueConstraint, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among, instant, optional_instant
from models.requests import Request


class PutAside(SQLModel, table=True):
    """A request that an officer put aside in one round, until a day; its row stays as a record."""

    __tablename__ = "put_aside"
    __table_args__ = (
        Index(
            "put_aside_once_at_a_time",
            "request_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id")
    round: int
    officer: str = Field(foreign_key="officers.user_name")
    #: For the house; the applicant never reads it.
    reason: str
    since: datetime = instant()
    until: datetime = instant()
    ended_at: datetime | None = optional_instant()


class PassedOn(SQLModel, table=True):
    """An officer passed a request on: *Next* does not bring it back to them on that day."""

    __tablename__ = "passed_on"
    __table_args__ = (
        UniqueConstraint("request_id", "officer", "day", name="an_officer_passes_on_once_a_day"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id")
    officer: str = Field(foreign_key="officers.user_name")
    #: In Riyadh.
    day: date
    #: For the house; the applicant never reads it.
    reason: str
    at: datetime = instant()


class HandedOver(SQLModel, table=True):
    """A request was given to an officer by somebody else, or taken from a colleague."""

    __tablename__ = "handed_over"

    id: int | None = Field(default=None, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", index=True)
    round: int
    #: Who had it; None for nobody.
    before: str | None = None
    officer: str = Field(foreign_key="officers.user_name")
    said_by: str
    #: For the house; the applicant never reads it.
    reason: str | None = None
    at: datetime = instant()


async def put_aside(
    session: AsyncSession,
    request: Request,
    officer: str,
    *,
    reason: str,
    until: datetime,
    now: datetime,
) -> None:
    """Put the request, whose row the caller has locked, aside; what stood before ends."""
    await end_put_aside(session, request, now=now)
    session.add(
        PutAside(
            request_id=request.id,
            round=request.round,
            officer=officer,
            reason=reason,
            since=now,
            until=until,
        )
    )


async def end_put_aside(session: AsyncSession, request: Request, *, now: datetime) -> bool:
    """Take it up again; whether it was put aside, and its day had not come."""
    before = await put_aside_of(session, request)
    await end_all_put_aside(session, [request.id], now=now)
    return before is not None and now < before.until


async def end_all_put_aside(
    session: AsyncSession, request_ids: Collection[UUID], *, now: datetime
) -> None:
    """None of these requests is put aside any more."""
    await session.exec(
        update(PutAside)
        .where(among(col(PutAside.request_id), request_ids), col(PutAside.ended_at).is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )


async def put_aside_of(session: AsyncSession, request: Request) -> PutAside | None:
    """Who put it aside in this round, why and until when; its day may have come."""
    return (await put_aside_of_many(session, [request])).get(request.id)


async def put_aside_of_many(
    session: AsyncSession, requests: Collection[Request]
) -> dict[UUID, PutAside]:
    """The same of those of these requests that are put aside, by their ids."""
    rounds = {request.id: request.round for request in requests}
    query = select(PutAside).where(
        among(col(PutAside.request_id), rounds), col(PutAside.ended_at).is_(None)
    )
    found = (await session.exec(query)).all()
    return {row.request_id: row for row in found if row.round == rounds[row.request_id]}


async def note_skip(
    session: AsyncSession, request: Request, officer: str, *, day: date, reason: str, now: datetime
) -> None:
    """The officer passes it on; the same day again changes nothing."""
    await session.exec(
        insert(PassedOn)
        .values(id=uuid4(), request_id=request.id, officer=officer, day=day, reason=reason, at=now)
        .on_conflict_do_nothing()
    )


async def passed_on_among(
    session: AsyncSession, requests: Collection[Request], officer: str, *, day: date
) -> frozenset[UUID]:
    """The ids of those of these requests that this officer has passed on, on this day."""
    query = select(PassedOn.request_id).where(
        among(col(PassedOn.request_id), [request.id for request in requests]),
        col(PassedOn.officer) == officer,
        col(PassedOn.day) == day,
    )
    return frozenset((await session.exec(query)).all())


def note_handing_over(
    session: AsyncSession,
    request: Request,
    before: str | None,
    officer: str,
    *,
    by: str,
    reason: str | None,
    now: datetime,
) -> None:
    """Who gives it to whom, in the caller's transaction."""
    session.add(
        HandedOver(
            request_id=request.id,
            round=request.round,
            before=before,
            officer=officer,
            said_by=by,
            reason=reason,
            at=now,
        )
    )


async def handed_over_of(session: AsyncSession, request: Request) -> list[HandedOver]:
    """Each time, oldest first."""
    query = (
        select(HandedOver)
        .where(col(HandedOver.request_id) == request.id)
        .order_by(col(HandedOver.id))
    )
    return list((await session.exec(query)).all())
