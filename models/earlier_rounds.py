"""What a request asked for in rounds that another one has replaced."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import JSON_DOCUMENT, instant
from models.requests import Request


class EarlierRound(SQLModel, table=True):
    """A round that officers were shown, as it was when the next one took its place."""

    __tablename__ = "earlier_rounds"

    request_id: UUID = Field(foreign_key="requests.id", primary_key=True)
    round: int = Field(primary_key=True)
    #: What the rules had made of it.
    normalised: dict[str, Any] = Field(sa_type=JSON_DOCUMENT)
    #: What the applicant was asked to correct; nothing where it was computed afresh.
    corrections: list[dict[str, Any]] = Field(sa_type=JSON_DOCUMENT)
    replaced_at: datetime = instant()


def keep_round(session: AsyncSession, request: Request, *, now: datetime) -> None:
    """Keep the present round, which another one is about to replace, in the same transaction."""
    session.add(
        EarlierRound(
            request_id=request.id,
            round=request.round,
            normalised=request.normalised,
            corrections=request.corrections,
            replaced_at=now,
        )
    )


async def last_shown_round(session: AsyncSession, request: Request) -> EarlierRound | None:
    """The last round before the present one that officers were shown; None where none is kept."""
    query = (
        select(EarlierRound)
        .where(col(EarlierRound.request_id) == request.id, col(EarlierRound.round) < request.round)
        .order_by(col(EarlierRound.round).desc())
        .limit(1)
    )
    return (await session.exec(query)).one_or_none()
