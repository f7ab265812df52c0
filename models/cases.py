"""What lists and cases are read by: requests, what was decided on them, and their letters."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.letters import Letter
from models.requests import Decision, Request
from rules.requests.letter_status import LetterStatus
from rules.requests.statuses import Kind, Status
from rules.requests.verdicts import Verdict


async def find_requests(
    session: AsyncSession, *, status: Status | None, kind: Kind | None, limit: int
) -> list[Request]:
    """The requests of this status and kind, newest first."""
    query = select(Request).order_by(col(Request.submitted_at).desc()).limit(limit)
    if status is not None:
        query = query.where(col(Request.status) == status)
    if kind is not None:
        query = query.where(col(Request.kind) == kind)
    return list((await session.exec(query)).all())


async def requests_of_practitioner(
    session: AsyncSession, practitioner_id: UUID, *, limit: int
) -> list[Request]:
    """The person's requests whose details are kept, newest first."""
    query = (
        select(Request)
        .where(col(Request.practitioner_id) == practitioner_id, col(Request.emptied_at).is_(None))
        .order_by(col(Request.submitted_at).desc(), col(Request.tracking_code))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def other_requests(session: AsyncSession, request: Request, *, limit: int) -> list[Request]:
    """The other requests of the same person, newest first; none of somebody not on the register."""
    if request.practitioner_id is None:
        return []
    query = (
        select(Request)
        .where(
            col(Request.practitioner_id) == request.practitioner_id,
            col(Request.id) != request.id,
            col(Request.emptied_at).is_(None),
        )
        .order_by(col(Request.submitted_at).desc(), col(Request.tracking_code))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def decisions_of(session: AsyncSession, request_id: UUID) -> list[Decision]:
    """The decisions of all rounds, oldest first."""
    query = (
        select(Decision)
        .where(col(Decision.request_id) == request_id)
        .order_by(col(Decision.decided_at))
    )
    return list((await session.exec(query)).all())


async def approvals_given(session: AsyncSession, requests: Collection[Request]) -> dict[UUID, int]:
    """How many officers have approved each request in its present round; none is not listed."""
    query = (
        select(Decision.request_id, func.count())
        .join(Request, col(Request.id) == col(Decision.request_id))
        .where(
            col(Decision.request_id).in_([request.id for request in requests]),
            col(Decision.round) == col(Request.round),
            col(Decision.verdict) == Verdict.APPROVE,
        )
        .group_by(col(Decision.request_id))
    )
    return dict((await session.exec(query)).all())


async def letters_of(session: AsyncSession, request_id: UUID) -> list[Letter]:
    """The request's letters, oldest first."""
    query = (
        select(Letter)
        .where(col(Letter.request_id) == request_id)
        .order_by(col(Letter.created_at), col(Letter.letter))
    )
    return list((await session.exec(query)).all())


async def find_letters(
    session: AsyncSession, *, status: LetterStatus | None, limit: int
) -> list[tuple[Letter, str | None]]:
    """The letters of this status with their requests' tracking codes, newest first.

    One about an account has no code.
    """
    query = (
        select(Letter, Request.tracking_code)
        .join(Request, col(Request.id) == col(Letter.request_id), isouter=True)
        .order_by(col(Letter.created_at).desc(), col(Letter.id))
        .limit(limit)
    )
    if status is not None:
        query = query.where(col(Letter.status) == status)
    return list((await session.exec(query)).all())
