"""The reads that only the command makes."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.letters import Letter, LetterStatus
from models.practitioners import Practitioner
from models.reminders.reminders import Reminder
from models.requests import Decision, Request
from rules.requests.statuses import Kind, Status


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


async def find_letters(
    session: AsyncSession, *, status: LetterStatus | None, limit: int
) -> list[tuple[Letter, str]]:
    """The letters of this status with their requests' tracking codes, newest first."""
    query = (
        select(Letter, col(Request.tracking_code))
        .join(Request, col(Request.id) == col(Letter.request_id))
        .order_by(col(Letter.created_at).desc(), col(Letter.id))
        .limit(limit)
    )
    if status is not None:
        query = query.where(col(Letter.status) == status)
    return list((await session.exec(query)).all())


async def find_reminders(
    session: AsyncSession, *, status: LetterStatus | None, limit: int
) -> list[tuple[Reminder, str]]:
    """The reminders that were letters, with their people's registration numbers, newest first."""
    query = (
        select(Reminder, col(Practitioner.registration_number))
        .join(Practitioner, col(Practitioner.id) == col(Reminder.practitioner_id))
        .where(col(Reminder.letter).is_not(None))
        .order_by(col(Reminder.created_at).desc(), col(Reminder.id))
        .limit(limit)
    )
    if status is not None:
        query = query.where(col(Reminder.status) == status.value)
    return list((await session.exec(query)).all())


async def letters_of(session: AsyncSession, request_id: UUID) -> list[Letter]:
    """The request's letters, oldest first."""
    query = (
        select(Letter)
        .where(col(Letter.request_id) == request_id)
        .order_by(col(Letter.created_at), col(Letter.letter))
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
            col(Decision.verdict) == "approve",
        )
        .group_by(col(Decision.request_id))
    )
    return dict((await session.exec(query)).all())
