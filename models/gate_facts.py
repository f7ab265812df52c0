"""What the gate knows of a set of requests, read by as many statements as of one.

Sets are locked in the order of their ids, by everybody who locks one: two sets that overlap wait
for each other, and never in a circle.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.absences import is_away
from models.columns import among
from models.officers import Officer
from models.requests import Decision, Request
from models.statements import execute
from rules.requests.statuses import Status
from rules.requests.verdicts import Verdict

_FACTS = text(
    """
SELECT r.id, o.user_name, o.practitioner_id, w.officer AS waits_by, w.lands_at, d.said,
  EXISTS (SELECT FROM put_aside p WHERE p.request_id = r.id AND p.ended_at IS NULL) AS is_aside
FROM unnest(CAST(:ids AS uuid[]), CAST(:names AS text[])) AS asked (id, name)
JOIN requests r ON r.id = asked.id
LEFT JOIN officers o ON o.user_name = asked.name AND o.active
LEFT JOIN waiting_decisions w ON w.request_id = r.id AND w.ended_at IS NULL
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_array(officer, origin)) AS said
  FROM decisions WHERE request_id = r.id AND round = r.round
) d ON true
"""
)


class SaidBefore(NamedTuple):
    """A decision of the present round, as far as the next one asks."""

    officer: str
    origin: str


class Revocable(NamedTuple):
    """A decision that can still be taken back."""

    officer: str
    lands_at: datetime


@dataclass(frozen=True)
class GateFacts:
    """What is known of a locked request, besides its row, by whoever wants to act on it."""

    #: None where no active officer has the name; it is not the session's.
    officer: Officer | None
    waits: Revocable | None
    #: In the present round.
    said: tuple[SaidBefore, ...]
    #: Whether a row says that it is put aside, in whichever round, until whichever day.
    is_aside: bool


class ClaimHolder(NamedTuple):
    """Somebody who has claimed a request."""

    active: bool
    #: On the day that was asked for.
    away: bool


async def lock_at_the_gate(
    session: AsyncSession, tracking_codes: Collection[str], *, wait: bool
) -> dict[str, Request]:
    """Those of these requests that are under review, locked in one order, by their codes.

    Without ``wait`` those that somebody else holds are passed over.
    """
    query = (
        select(Request)
        .where(
            among(col(Request.tracking_code), tracking_codes),
            col(Request.status) == Status.UNDER_REVIEW,
        )
        .order_by(col(Request.id))
        .with_for_update(skip_locked=not wait)
        .execution_options(populate_existing=True)
    )
    return {found.tracking_code: found for found in (await session.exec(query)).all()}


async def lock_by_code(session: AsyncSession, tracking_codes: Collection[str]) -> list[Request]:
    """These requests wherever they stand, locked in one order; an unknown code is left out."""
    query = (
        select(Request)
        .where(among(col(Request.tracking_code), tracking_codes))
        .order_by(col(Request.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.exec(query)).all())


async def where_they_stand(
    session: AsyncSession, tracking_codes: Collection[str]
) -> dict[str, Status]:
    """The statuses of these requests, by their codes; an unknown code is left out."""
    query = select(Request.tracking_code, Request.status).where(
        among(col(Request.tracking_code), tracking_codes)
    )
    return {code: Status(status) for code, status in (await session.exec(query)).all()}


async def gate_facts(
    session: AsyncSession, asked: Sequence[tuple[Request, str]]
) -> dict[UUID, GateFacts]:
    """What is known of these requests, which the caller has locked, by their ids.

    Each comes with the canonical name of the officer who wants to act on it.

    A statement of its own, behind the one that locked them: it sees what was so by then.
    """
    facts = {"ids": [request.id for request, _ in asked], "names": [name for _, name in asked]}
    found = (await execute(session, _FACTS, facts)).all()
    return {
        row.id: GateFacts(
            officer=_officer(row.user_name, row.practitioner_id),
            waits=Revocable(row.waits_by, row.lands_at) if row.waits_by else None,
            said=tuple(SaidBefore(*one) for one in row.said or ()),
            is_aside=row.is_aside,
        )
        for row in found
    }


def _officer(user_name: str | None, practitioner_id: UUID | None) -> Officer | None:
    if user_name is None:
        return None
    return Officer(user_name=user_name, practitioner_id=practitioner_id)


async def holders(
    session: AsyncSession, names: Collection[str], day: date
) -> dict[str, ClaimHolder]:
    """Whether these officers are there on that day."""
    query = select(Officer.user_name, Officer.active, is_away(day)).where(
        among(col(Officer.user_name), names)
    )
    return {name: ClaimHolder(*how) for name, *how in (await session.exec(query)).all()}


async def decided_so(
    session: AsyncSession, tracking_codes: Collection[str], officer: str, verdict: Verdict
) -> frozenset[str]:
    """Of which of these requests the officer has said just this, in the present round."""
    query = (
        select(Request.tracking_code)
        .join(Decision, col(Decision.request_id) == col(Request.id))
        .where(
            among(col(Request.tracking_code), tracking_codes),
            col(Decision.round) == col(Request.round),
            col(Decision.officer) == officer,
            col(Decision.verdict) == verdict,
        )
    )
    return frozenset((await session.exec(query)).all())
