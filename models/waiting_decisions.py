"""Decisions that wait to land: until then the officer can take them back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, Index, and_, or_, text
from sqlmodel import Field, SQLModel, col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from models.columns import JSON_DOCUMENT, among, instant, known, named, optional_instant, quoted
from models.requests import Request
from rules.requests.landing import NOT_LANDED, Landing
from rules.requests.verdicts import Origin, Verdict


class WaitingDecision(SQLModel, table=True):
    """What an officer decided on the desk's page, until it lands; its row stays as a record.

    It is no decision: `models.requests.Decision` is, once it has landed.
    """

    __tablename__ = "waiting_decisions"
    __table_args__ = (
        known("verdict", Verdict, name="a_waiting_decision_has_a_known_verdict"),
        known("origin", Origin, name="a_waiting_decision_has_a_known_origin"),
        known("outcome", Landing, name="a_waiting_decision_ends_in_a_known_way"),
        CheckConstraint(
            "(ended_at IS NULL) = (outcome IS NULL)", name="a_waiting_decision_ends_somehow"
        ),
        CheckConstraint("lands_at > put_down_at", name="a_waiting_decision_waits"),
        # Few wait at a time: what is due is found in it too.
        Index(
            "one_decision_waits",
            "request_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "decisions_not_landed",
            "officer",
            "ended_at",
            postgresql_where=text(f"outcome IN ({quoted(sorted(NOT_LANDED))})"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id")
    #: The round that the officer was shown.
    round: int
    officer: str = Field(foreign_key="officers.user_name")
    verdict: Verdict = Field(sa_type=named(Verdict))
    reason_code: str | None = None
    note: str | None = None
    #: The names of what is to be corrected, for a return.
    fields: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    origin: Origin = Field(sa_type=named(Origin))
    put_down_at: datetime = instant()
    lands_at: datetime = instant()
    ended_at: datetime | None = optional_instant()
    outcome: Landing | None = Field(default=None, sa_type=named(Landing))

    def end(self, how: Landing, *, now: datetime) -> None:
        """It waits no more."""
        self.ended_at, self.outcome = now, how


def waits_on_request() -> ColumnElement[bool]:
    """Whether a decision waits on the request of the query."""
    return exists().where(
        col(WaitingDecision.request_id) == col(Request.id),
        col(WaitingDecision.ended_at).is_(None),
    )


def due_to_land(now: datetime) -> ColumnElement[bool]:
    """Whether it waits, and is to land; `rules.requests.landing.is_due` says it of one."""
    put_down_at, lands_at = col(WaitingDecision.put_down_at), col(WaitingDecision.lands_at)
    return and_(
        col(WaitingDecision.ended_at).is_(None),
        or_(lands_at <= now, put_down_at - (lands_at - put_down_at) > now),
    )


async def waiting_decision_of(session: AsyncSession, request_id: UUID) -> WaitingDecision | None:
    """The decision that waits on this request, where one does."""
    return (await waiting_decisions_of(session, [request_id])).get(request_id)


async def waiting_decisions_of(
    session: AsyncSession, request_ids: Collection[UUID]
) -> dict[UUID, WaitingDecision]:
    """The decisions that wait on these requests, by the requests' ids."""
    query = select(WaitingDecision).where(
        among(col(WaitingDecision.request_id), request_ids), col(WaitingDecision.ended_at).is_(None)
    )
    return {found.request_id: found for found in (await session.exec(query)).all()}


async def due_codes(session: AsyncSession, officer: str, *, now: datetime) -> Sequence[str]:
    """The tracking codes of the requests on which a decision of this officer is to land."""
    query = (
        select(Request.tracking_code)
        .join(WaitingDecision, col(WaitingDecision.request_id) == col(Request.id))
        .where(col(WaitingDecision.officer) == officer, due_to_land(now))
    )
    return (await session.exec(query)).all()


async def that_wait(session: AsyncSession, officer: str) -> Sequence[tuple[WaitingDecision, str]]:
    """The officer's decisions that have not landed, with their tracking codes; first due first."""
    query = (
        _with_codes(officer)
        .where(col(WaitingDecision.ended_at).is_(None))
        .order_by(col(WaitingDecision.lands_at), col(WaitingDecision.id))
    )
    return (await session.exec(query)).all()


async def not_landed(
    session: AsyncSession, officer: str, *, since: datetime
) -> Sequence[tuple[WaitingDecision, str]]:
    """The officer's decisions that were refused since then, with their codes; newest first."""
    query = (
        _with_codes(officer)
        .where(
            col(WaitingDecision.outcome).in_(sorted(NOT_LANDED)),
            col(WaitingDecision.ended_at) >= since,
        )
        .order_by(col(WaitingDecision.ended_at).desc(), col(WaitingDecision.id))
    )
    return (await session.exec(query)).all()


def _with_codes(officer: str) -> Select[WaitingDecision, str]:
    return (
        select(WaitingDecision, Request.tracking_code)
        .join(Request, col(Request.id) == col(WaitingDecision.request_id))
        .where(col(WaitingDecision.officer) == officer)
    )
