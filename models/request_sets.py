"""Many requests at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, and_, any_, func, literal, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.changes import changes_of
from models.requests import Request, RequestEvent, RequestUnknown
from models.statements import execute
from models.submission_keys import SubmissionKey
from rules.requests.process_versions import ProcessOfLaterVersion, check_known
from rules.requests.statuses import Kind


async def lock_requests(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests, locked in one order for everybody until the transaction ends.

    Of several, those that somebody else holds are left out: whoever carries many waits for nobody.
    One alone is waited for. Of several, those that a later version of this program began are left
    out too; one alone raises `rules.requests.process_versions.ProcessOfLaterVersion`.
    """
    query = (
        select(Request)
        .where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
        .order_by(col(Request.id))
        .with_for_update(skip_locked=len(ids) > 1)
    )
    return [each for each in (await session.exec(query)).all() if _is_ours(each, among=len(ids))]


def _is_ours(request: Request, *, among: int) -> bool:
    try:
        check_known(request.tracking_code, request.kind, request.process_version)
    except ProcessOfLaterVersion:
        if among > 1:
            return False
        raise
    return True


async def id_of(session: AsyncSession, tracking_code: str) -> UUID:
    """The id of the request with this canonical code; raises `RequestUnknown`."""
    query = select(Request.id).where(
        col(Request.tracking_code) == tracking_code, col(Request.emptied_at).is_(None)
    )
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise RequestUnknown
    return found


async def requests_of(session: AsyncSession, ids: Sequence[UUID]) -> list[Request]:
    """These requests as they stand, in no order."""
    query = select(Request).where(col(Request.id) == any_(literal(list(ids), ARRAY(Uuid))))
    return list((await session.exec(query)).all())


#: Asked first: nearly every key is new, and then no request need be read.
_ARE_USED = text("""
    SELECT EXISTS (SELECT FROM requests WHERE kind = :kind AND idempotency_key = ANY (:keys))
        OR EXISTS (SELECT FROM submission_keys WHERE kind = :kind AND idempotency_key = ANY (:keys))
""")


async def used_keys(
    session: AsyncSession, kind: Kind, keys: Sequence[str]
) -> dict[str, tuple[Request, Sequence[str] | None]]:
    """By each of these keys that was used: its request, and what was accepted under it.

    That is a digest for each content; None for the first key of a request that is older than the
    table of keys. As it was last committed.
    """
    if not (await execute(session, _ARE_USED, {"kind": kind, "keys": list(keys)})).scalar_one():
        return {}
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


async def write_changed(session: AsyncSession, requests: Sequence[Request]) -> None:
    """Write what was changed on these rows, which the caller has locked, by one statement.

    The session would write it too, with a statement for each row. A status is the door's to write.
    """
    changes = changes_of(requests)
    if not changes.columns:
        return
    await execute(
        session,
        text(
            f"UPDATE requests SET {', '.join(changes.assignments)}"  # noqa: S608 - our own columns
            " FROM jsonb_populate_recordset(NULL::requests, CAST(:rows AS jsonb)) AS given"
            " WHERE requests.id = given.id"
        ),
        {"rows": changes.document("id")},
    )
    changes.are_written()


async def histories(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[RequestEvent]]:
    """The events of these requests by their ids, oldest first."""
    found: dict[UUID, list[RequestEvent]] = {each: [] for each in ids}
    query = (
        select(RequestEvent)
        .where(col(RequestEvent.request_id) == any_(literal(list(ids), ARRAY(Uuid))))
        .order_by(col(RequestEvent.id))
    )
    for event in (await session.exec(query)).all():
        found[event.request_id].append(event)
    return found
