"""What operators have done by hand, and why: rows that stay."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from rules.requests.operator_acts import OperatorAct


class ActDone(SQLModel, table=True):
    """One act of one operator."""

    __tablename__ = "operator_acts"
    __table_args__ = (
        known("act", OperatorAct, name="an_operator_s_act_is_known"),
        Index("operator_acts_by_time", "at", "id"),
        Index("operator_acts_of_a_request", "request_id", "at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = instant()
    operator: str = Field(foreign_key="officers.user_name")
    act: OperatorAct = Field(sa_type=named(OperatorAct))
    #: For the house.
    reason: str
    #: The request that it was about, where it was about one.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    #: How many it was done to: e-mails, claims, runs.
    number: int


async def last_acts(session: AsyncSession, *, limit: int) -> list[ActDone]:
    """The last acts, newest first."""
    query = select(ActDone).order_by(col(ActDone.at).desc(), col(ActDone.id)).limit(limit)
    return list((await session.exec(query)).all())


async def last_act_on(session: AsyncSession, request_id: UUID, act: OperatorAct) -> ActDone | None:
    """The last act of this sort on this request; whoever asks has locked its row."""
    query = (
        select(ActDone)
        .where(col(ActDone.request_id) == request_id, col(ActDone.act) == act)
        .order_by(col(ActDone.at).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()
