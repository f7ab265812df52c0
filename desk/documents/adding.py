"""Sending a file: received, kept with its row, and checked, in this order."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from desk.documents.checking import check
from desk.documents.faults import UploadRefused, why_unusable
from desk.documents.shelf import Shelf, accepted_types, shelf
from desk.policy import current_policy
from documents.faults import Unusable
from documents.receiving import Received, receive
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload, uploads_since
from models.documents.door import OWNER, keep_upload, move_upload
from models.documents.uses import is_in_hand
from models.practitioners import find_practitioner
from rules.documents.states import DocumentState
from rules.findings.problems import problem
from rules.values.document_kind import DocumentKind

_PIECE_BYTES = 128 * 1024
_DAY = timedelta(days=1)


async def add(
    content: Path | AsyncIterable[bytes],
    *,
    kind: DocumentKind,
    owner: str,
    replaces: str | None = None,
    now: datetime | None = None,
) -> Upload:
    """Take this file of the practitioner with this registration number, and check it.

    Returns it ready, or in the state in which it waits for its scanner. Sent twice it is two
    documents; with ``replaces`` it takes another's place, and the second of two who replace the
    same one raises `models.constraints.AlreadyTaken`.

    Raises `UploadRefused` with the sentence for the person (then nothing is kept),
    `models.practitioners.PractitionerUnknown`, `models.documents.documents.UploadUnknown` for
    one to replace that is not the owner's, `documents.store.StoreAway`, and what the stream raises.
    """
    now = now or utc_now()
    here = shelf()
    async with transaction() as session:
        await _refuse(session, kind, owner, now)
    received = await receive(
        _pieces(content) if isinstance(content, Path) else content,
        store=here.store,
        keys=here.keys,
        limit_bytes=current_policy().limits.document_bytes,
        accepted=accepted_types(),
    )
    if isinstance(received, Unusable):
        raise UploadRefused([why_unusable(received)])
    await _keep(here, received, kind, owner, replaces, now)
    return await check(received.document_id, now=now)


async def _refuse(session: AsyncSession, kind: DocumentKind, owner: str, now: datetime) -> None:
    """What can be said before a byte is read."""
    policy = current_policy().documents
    practitioner = await find_practitioner(session, owner)
    if policy.kinds[kind].rule == "never_accept":
        raise UploadRefused([problem("document_kind_not_accepted", "kind")])
    if await uploads_since(session, practitioner.id, now - _DAY) >= policy.uploads_a_day:
        raise UploadRefused([problem("too_many_uploads", "document", limit=policy.uploads_a_day)])


async def _keep(
    here: Shelf,
    received: Received,
    kind: DocumentKind,
    owner: str,
    replaces: str | None,
    now: datetime,
) -> None:
    """The row; where it is refused, or we are stopped before it is written, nothing is kept."""
    kept = False
    try:
        async with transaction() as session:
            practitioner = await find_practitioner(session, owner)
            upload = Upload(
                id=received.document_id,
                owner_id=practitioner.id,
                kind=kind,
                state_since=now,
                received_at=now,
                checked_at=now,
                sha256=received.sha256,
                size_bytes=received.size_bytes,
                media_type=received.media_type,
                wrapped_key=received.wrapped_key,
                replaces=replaces,
            )
            await _take_the_place(session, upload, now)
            await keep_upload(session, upload)
        kept = True
    finally:
        if not kept:
            await here.store.delete(received.document_id)


async def _take_the_place(session: AsyncSession, upload: Upload, now: datetime) -> None:
    if upload.replaces is None:
        return
    replaced = await find_upload(session, upload.replaces, lock=True)
    if replaced.owner_id != upload.owner_id or replaced.kind is not upload.kind:
        raise UploadUnknown
    if await is_in_hand(session, replaced.id):
        raise UploadRefused([problem("document_in_hand", "replaces")])
    await move_upload(session, replaced, DocumentState.REPLACED, by=OWNER, now=now)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece
