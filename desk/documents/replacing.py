"""Sending another file in a document's place. What it leaves is ended by retention."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.faults import UploadRefused
from models.constraints import AlreadyTaken
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.door import OWNER, move_upload
from models.documents.uses import is_in_hand
from rules.documents.states import WITHOUT_CONTENT, DocumentState
from rules.findings.problems import problem
from rules.values.document_kind import DocumentKind


async def check_replaceable(
    session: AsyncSession,
    replaced_id: str,
    owner_id: UUID,
    kind: DocumentKind,
    *,
    lock: bool = False,
) -> Upload:
    """The document whose place a new one of this owner and kind is to take.

    One that is suspect, unreadable or destroyed can be replaced too: that is its cure. Raises
    `models.documents.documents.UploadUnknown` for one that is not the owner's, `UploadRefused` for
    one of another kind or in a request under review, and `models.constraints.AlreadyTaken` where
    another has taken its place.
    """
    replaced = await find_upload(session, replaced_id, lock=lock)
    if replaced.owner_id != owner_id:
        raise UploadUnknown
    if replaced.kind is not kind:
        raise UploadRefused([problem("document_of_another_kind", "replaces")])
    if replaced.state is DocumentState.REPLACED:
        raise AlreadyTaken("an_upload_is_replaced_once")
    if await is_in_hand(session, replaced.id):
        raise UploadRefused([problem("document_in_hand", "replaces")])
    return replaced


async def take_the_place(
    session: AsyncSession, replaced_id: str, owner_id: UUID, kind: DocumentKind, *, now: datetime
) -> None:
    """Move the document whose place the new one takes, in the transaction that keeps the new one.

    Of two at once the second waits here for the first, and is told. Raises as `check_replaceable`.
    """
    replaced = await check_replaceable(session, replaced_id, owner_id, kind, lock=True)
    if replaced.state not in WITHOUT_CONTENT:
        await move_upload(session, replaced, DocumentState.REPLACED, by=OWNER, now=now)
