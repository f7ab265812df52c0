"""Which requests name an upload: from that on, the request's end decides the upload's."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, update
from sqlmodel import Field, SQLModel, case, col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import among, instant
from models.documents.documents import Upload
from models.drafts import drafts_naming
from models.inserting import insert_new
from models.requests import Request, RequestEvent
from rules.documents.retention import DocumentLife, DocumentUse
from rules.documents.states import DocumentState
from rules.requests.statuses import Status
from rules.requests.transitions import BEFORE_APPROVAL, FINAL
from rules.values.document_kind import DocumentKind


class UploadUse(SQLModel, table=True):
    """A request that named the upload in one of its rounds."""

    __tablename__ = "upload_uses"

    upload_id: str = Field(foreign_key="uploads.id", primary_key=True)
    request_id: UUID = Field(foreign_key="requests.id", primary_key=True, index=True)
    round: int = Field(primary_key=True)
    at: datetime = instant()


async def note_uses(
    session: AsyncSession, request: Request, upload_ids: Collection[str], *, now: datetime
) -> None:
    """Note that the request's present round names these uploads; once more changes nothing.

    The caller holds their locks, so that none ends between being looked at and being noted.
    """
    await note_all_uses(session, [(request, upload_ids)], now=now)


async def note_all_uses(
    session: AsyncSession, uses: Iterable[tuple[Request, Collection[str]]], *, now: datetime
) -> None:
    """The same for many requests, each with the uploads that it names, in one statement."""
    rows = [
        UploadUse(upload_id=upload_id, request_id=request.id, round=request.round, at=now)
        for request, upload_ids in uses
        for upload_id in upload_ids
    ]
    await insert_new(session, rows)


async def hand_over_uploads(session: AsyncSession, request: Request, owner_id: UUID) -> None:
    """What a newcomer sent for this request is the practitioner's, whom it has put on file."""
    named = select(UploadUse.upload_id).where(col(UploadUse.request_id) == request.id)
    await session.exec(
        update(Upload)
        .where(col(Upload.id).in_(named), col(Upload.newcomer_id).is_not(None))
        .values(owner_id=owner_id, newcomer_id=None)
        .execution_options(synchronize_session=False)
    )


async def uploads_of_request(session: AsyncSession, request: Request) -> list[Upload]:
    """The uploads that any round of the request names, oldest first."""
    named = select(UploadUse.upload_id).where(col(UploadUse.request_id) == request.id)
    query = (
        select(Upload)
        .where(col(Upload.id).in_(named))
        .order_by(col(Upload.received_at), col(Upload.id))
    )
    return list((await session.exec(query)).all())


async def rounds_of_uploads(session: AsyncSession, request: Request) -> dict[str, list[int]]:
    """By each upload that the request names: in which of its rounds."""
    query = (
        select(UploadUse)
        .where(col(UploadUse.request_id) == request.id)
        .order_by(col(UploadUse.round))
    )
    found: dict[str, list[int]] = defaultdict(list)
    for use in (await session.exec(query)).all():
        found[use.upload_id].append(use.round)
    return found


async def names_upload(session: AsyncSession, request: Request, upload_id: str) -> bool:
    """Whether any round of the request names the upload."""
    query = (
        select(UploadUse.upload_id)
        .where(col(UploadUse.request_id) == request.id, col(UploadUse.upload_id) == upload_id)
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def naming_uploads(session: AsyncSession, requests: Collection[Request]) -> frozenset[UUID]:
    """The ids of those of these requests any of whose rounds names an upload."""
    ids = [request.id for request in requests]
    query = select(UploadUse.request_id).where(among(col(UploadUse.request_id), ids)).distinct()
    return frozenset((await session.exec(query)).all())


async def lives_of(session: AsyncSession, uploads: Collection[Upload]) -> dict[str, DocumentLife]:
    """What decides when each of these uploads ends."""
    uses = await _uses(session, [upload.id for upload in uploads])
    drafted = await drafts_naming(session, {upload.whose for upload in uploads})
    return {
        upload.id: DocumentLife(
            kind=upload.kind,
            state=upload.state,
            received_at=upload.received_at,
            state_since=upload.state_since,
            uses=tuple(uses[upload.id]),
            drafted_at=drafted.get(upload.id),
        )
        for upload in uploads
    }


async def _uses(session: AsyncSession, upload_ids: Collection[str]) -> dict[str, list[DocumentUse]]:
    decided = (
        select(func.min(RequestEvent.at))
        .where(
            col(RequestEvent.request_id) == col(Request.id),
            col(RequestEvent.to_status).is_not(None),
            col(RequestEvent.to_status).not_in(BEFORE_APPROVAL),
        )
        .scalar_subquery()
    )
    ended = case((col(Request.status).in_(FINAL), col(Request.status_since)))
    query = (
        select(UploadUse.upload_id, decided, ended)
        .join(Request, col(Request.id) == col(UploadUse.request_id))
        .where(col(UploadUse.upload_id).in_(upload_ids))
    )
    found: dict[str, list[DocumentUse]] = defaultdict(list)
    for upload_id, decided_at, ended_at in (await session.exec(query)).all():
        found[upload_id].append(DocumentUse(decided_at, ended_at))
    return found


async def is_in_hand(session: AsyncSession, upload_id: str) -> bool:
    """Whether a request names it that is not decided yet and does not wait for its correction."""
    waits = [status for status in BEFORE_APPROVAL if status is not Status.RETURNED]
    query = (
        select(UploadUse.upload_id)
        .join(Request, col(Request.id) == col(UploadUse.request_id))
        .where(col(UploadUse.upload_id) == upload_id, col(Request.status).in_(waits))
        .limit(1)
    )
    return (await session.exec(query)).first() is not None


async def free_uploads(
    session: AsyncSession, owner_id: UUID, kind: DocumentKind, *, limit: int
) -> list[Upload]:
    """The owner's ready uploads of this kind that no undecided request names, newest first."""
    in_hand = (
        exists()
        .where(col(UploadUse.upload_id) == col(Upload.id))
        .where(col(Request.id) == col(UploadUse.request_id))
        .where(col(Request.status).in_(BEFORE_APPROVAL))
    )
    query = (
        select(Upload)
        .where(
            col(Upload.owner_id) == owner_id,
            col(Upload.kind) == kind,
            col(Upload.state) == DocumentState.READY,
            ~in_hand,
        )
        .order_by(col(Upload.received_at).desc(), col(Upload.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def requests_of_upload(session: AsyncSession, upload_id: str) -> list[Request]:
    """The requests that name the upload in any of their rounds, oldest first."""
    naming = select(UploadUse.request_id).where(col(UploadUse.upload_id) == upload_id)
    query = (
        select(Request)
        .where(col(Request.id).in_(naming))
        .order_by(col(Request.submitted_at), col(Request.id))
    )
    return list((await session.exec(query)).all())
