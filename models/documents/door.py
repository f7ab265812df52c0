"""The one door through which an upload's state changes.

A change and its line of history are kept together. What ends without content loses its key in the
same transaction, and a certificate says so; the store is emptied afterwards, by whoever sees
`Upload.content_removed_at` empty.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from models.documents.certificates import DestructionCertificate
from models.documents.documents import Upload, UploadEvent
from rules.documents.retention import EndRule
from rules.documents.states import (
    WITHOUT_CONTENT,
    DocumentActor,
    DocumentMoveRefused,
    DocumentState,
    check_document_move,
)
from rules.errors import Broken


class EndingMissing(Broken):
    """A document ends without content exactly where its certificate says why."""


@dataclass(frozen=True)
class UploadActor:
    """Who does something to an upload."""

    kind: DocumentActor
    #: The user name of who did it by command.
    name: str | None = None


OWNER = UploadActor(DocumentActor.OWNER)
SCANNER = UploadActor(DocumentActor.SCANNER)
RENDERER = UploadActor(DocumentActor.RENDERER)
CLOCK = UploadActor(DocumentActor.CLOCK)


@dataclass(frozen=True)
class Ending:
    """Why content is destroyed; a certificate keeps it."""

    rule: EndRule
    #: In words of whoever ordered it.
    reason: str | None = None


async def keep_upload(session: AsyncSession, upload: Upload) -> None:
    """A new upload with the first line of its history, in the caller's transaction."""
    session.add(upload)
    await session.flush()
    _record(session, upload, None, DocumentState.RECEIVED, OWNER, upload.received_at)


async def move_upload(
    session: AsyncSession,
    upload: Upload,
    to: DocumentState,
    *,
    by: UploadActor,
    now: datetime,
    ending: Ending | None = None,
) -> None:
    """Move the upload and write its history, in the caller's transaction.

    Its ``ending`` is given exactly where it ends without content; else `EndingMissing`. Raises
    `rules.documents.states.DocumentMoveRefused` where the table forbids the change or somebody else
    has moved the upload since it was read.
    """
    from_ = upload.state
    check_document_move(from_, to, by.kind)
    ends = to in WITHOUT_CONTENT
    if ends == (ending is None):
        raise EndingMissing
    gone = {"wrapped_key": None} if ends else {}
    moved = await session.exec(
        update(Upload)
        .where(col(Upload.id) == upload.id, col(Upload.state) == from_)
        .values(state=to, state_since=now, **gone)
        .returning(col(Upload.id))
        .execution_options(synchronize_session=False)
    )
    if moved.scalar_one_or_none() is None:
        raise DocumentMoveRefused(from_, to, by.kind)
    await session.flush()
    await session.refresh(upload, ["state", "state_since", "wrapped_key"])
    _record(session, upload, from_, to, by, now)
    if ending is not None:
        session.add(DestructionCertificate.of(upload, ending.rule, ending.reason, by.name, now))


def _record(
    session: AsyncSession,
    upload: Upload,
    from_: DocumentState | None,
    to: DocumentState,
    by: UploadActor,
    now: datetime,
) -> None:
    session.add(
        UploadEvent(
            upload_id=upload.id,
            at=now,
            from_state=from_,
            to_state=to,
            actor_kind=by.kind,
            actor=by.name,
        )
    )
