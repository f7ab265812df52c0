"""Which uploads may have come to their end, and which of them the store still has to forget.

The queries only narrow down: whether an upload ends is asked of `rules.documents.retention`, with
its row locked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, text, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import quoted
from models.documents.documents import Upload
from models.documents.uses import UploadUse
from models.requests import Request
from rules.documents.retention import SoonestEnd
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.requests.transitions import BEFORE_APPROVAL
from rules.values.document_kind import DocumentKind

#: Word for word those of the indexes ``uploads_to_end`` and ``uploads_to_remove``.
_HAS_CONTENT = text(f"uploads.state NOT IN ({quoted(WITHOUT_CONTENT)})")
_LEFT_IN_STORE = text(
    f"uploads.state IN ({quoted(WITHOUT_CONTENT)}) AND uploads.content_removed_at IS NULL"
)


class Page(NamedTuple):
    """So many rows, behind this id."""

    after: str
    limit: int


async def uploads_old_enough(
    session: AsyncSession, kind: DocumentKind, soonest: SoonestEnd, now: datetime, *, page: Page
) -> list[Upload]:
    """The uploads of this kind that may have come to their end, in the order of their ids."""
    is_named = exists().where(col(UploadUse.upload_id) == col(Upload.id))
    return await _some(
        session,
        kind,
        page,
        or_(
            col(Upload.state) == DocumentState.REPLACED,
            and_(is_named, col(Upload.received_at) <= now - soonest.named),
            and_(~is_named, col(Upload.received_at) <= now - soonest.not_named),
        ),
    )


async def uploads_of_decided_requests(
    session: AsyncSession, kind: DocumentKind, *, page: Page
) -> list[Upload]:
    """The uploads of this kind that a request names which is decided, in the order of their ids."""
    decided = (
        exists()
        .where(col(UploadUse.upload_id) == col(Upload.id))
        .where(col(Request.id) == col(UploadUse.request_id))
        .where(col(Request.status).not_in(BEFORE_APPROVAL))
    )
    return await _some(session, kind, page, decided)


async def _some(
    session: AsyncSession, kind: DocumentKind, page: Page, which: ColumnElement[bool]
) -> list[Upload]:
    query = (
        select(Upload)
        .where(_HAS_CONTENT, col(Upload.kind) == kind, col(Upload.id) > page.after, which)
        .order_by(col(Upload.id))
        .limit(page.limit)
    )
    return list((await session.exec(query)).all())


async def lock_if_free(session: AsyncSession, upload_id: str) -> Upload | None:
    """The upload, locked; None where it is destroyed, or somebody else is at it."""
    query = (
        select(Upload)
        .where(_HAS_CONTENT, col(Upload.id) == upload_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    return (await session.exec(query)).one_or_none()


async def undecided_requests(session: AsyncSession, upload_id: str) -> list[str]:
    """The tracking codes of the requests that name the upload and are not decided."""
    query = (
        select(Request.tracking_code)
        .join(UploadUse, col(UploadUse.request_id) == col(Request.id))
        .where(col(UploadUse.upload_id) == upload_id, col(Request.status).in_(BEFORE_APPROVAL))
        .distinct()
        .order_by(col(Request.tracking_code))
    )
    return list((await session.exec(query)).all())


async def left_in_store(session: AsyncSession, *, after: str, limit: int) -> list[str]:
    """The ids of uploads without a key that the store may still hold, in their order."""
    query = (
        select(Upload.id)
        .where(_LEFT_IN_STORE, col(Upload.id) > after)
        .order_by(col(Upload.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def count_left_in_store(session: AsyncSession, *, since: datetime) -> int:
    """How many uploads without a key the store may hold since this instant or before it."""
    query = select(func.count()).where(_LEFT_IN_STORE, col(Upload.state_since) <= since)
    return (await session.exec(query)).one()


async def note_removed(session: AsyncSession, upload_ids: Sequence[str], *, now: datetime) -> int:
    """The store has confirmed that nothing is left of these; how many were not noted before."""
    noted = await session.exec(
        update(Upload)
        .where(_LEFT_IN_STORE, col(Upload.id).in_(upload_ids))
        .values(content_removed_at=now)
        .execution_options(synchronize_session=False)
    )
    return noted.rowcount


async def holds_content_since(session: AsyncSession, instant: datetime) -> bool:
    """Whether any upload that was received before this instant is not destroyed."""
    query = select(Upload.id).where(_HAS_CONTENT, col(Upload.received_at) < instant).limit(1)
    return (await session.exec(query)).first() is not None
