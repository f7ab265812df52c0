"""Many requests at once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, and_, any_, func, literal, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.requests import Request
from models.submission_keys import SubmissionKey
from rules.requests.statuses import Kind


async def lock_requests(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests, locked in one order for everybody until the transaction ends.

    Of several, those that somebody else holds are left out: whoever carries many waits for nobody.
    One alone is waited for.
    """
    query = (
        select(Request)
        .where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
        .order_by(col(Request.id))
        .with_for_update(skip_locked=len(ids) > 1)
    )
    return list((await session.exec(query)).all())


async def requests_of(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests as they stand, in no order."""
    query = select(Request).where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
    return list((await session.exec(query)).all())


async def used_keys(
    session: AsyncSession, kind: Kind, keys: Sequence[str]
) -> dict[str, tuple[Request, Sequence[str] | None]]:
    """By each of these keys that was used: its request, and what was accepted under it.

    That is a digest for each content; None for the first key of a request that is older than the
    table of keys. As it was last committed.
    """
    listed = any_(literal(list(keys), ARRAY(Text)))
    is_kept = and_(col(SubmissionKey.kind) == kind, col(SubmissionKey.idempotency_key) == listed)
    owners = select(SubmissionKey.request_id).where(is_kept).scalar_subquery()
    query = (
        select(Request, SubmissionKey)
        .outerjoin(SubmissionKey, and_(is_kept, col(SubmissionKey.request_id) == col(Request.id)))
        .where(
            or_(
                and_(col(Request.kind) == kind, col(Request.idempotency_key) == listed),
                # As an array: with IN the planner would read every request.
                col(Request.id) == any_(func.array(owners, type_=ARRAY(Uuid))),
            )
        )
        .execution_options(populate_existing=True)
    )
    found: dict[str, tuple[Request, Sequence[str] | None]] = {}
    for request, used in (await session.exec(query)).all():
        found.setdefault(request.idempotency_key, (request, None))
        if used is not None:
            found[used.idempotency_key] = (request, used.contents)
    return found
