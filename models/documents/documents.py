"""Uploaded documents and their history. Their content lies in the store of `documents`.

Wherever an upload's row is locked (``key_share``), rows that name it can still be written: whoever
checks the document that took its place does so, while somebody else who wants that place waits.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, func, or_, text
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import (
    JSON_DOCUMENT,
    among,
    instant,
    known,
    named,
    optional_instant,
    quoted,
)
from models.looking import for_update
from models.practitioners import Practitioner
from rules.documents.states import (
    BEING_CHECKED,
    WITHOUT_CONTENT,
    DocumentActor,
    DocumentState,
)
from rules.errors import NotFound
from rules.values.document_id import is_document_id
from rules.values.document_kind import DocumentKind


class UploadUnknown(NotFound):
    """No uploaded document has this id, or it is somebody else's."""


class Upload(SQLModel, table=True):
    """One file of one person, of one kind."""

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("replaces", name="an_upload_is_replaced_once"),
        known("kind", DocumentKind, name="an_upload_has_a_known_kind"),
        known("state", DocumentState, name="an_upload_has_a_known_state"),
        CheckConstraint(
            f"(wrapped_key IS NULL) = (state IN ({quoted(WITHOUT_CONTENT)}))",
            name="an_upload_without_content_has_no_key",
        ),
        CheckConstraint("num_nonnulls(owner_id, newcomer_id) = 1", name="an_upload_is_somebody_s"),
        Index(
            "uploads_to_check",
            "checked_at",
            postgresql_where=text(f"state IN ({quoted(BEING_CHECKED)})"),
        ),
        Index(
            "uploads_to_end",
            "kind",
            "id",
            postgresql_where=text(f"state NOT IN ({quoted(WITHOUT_CONTENT)})"),
        ),
        Index(
            "uploads_to_remove",
            "id",
            postgresql_where=text(
                f"state IN ({quoted(WITHOUT_CONTENT)}) AND content_removed_at IS NULL"
            ),
        ),
    )

    #: 32 hexadecimal digits, random; the name of its folder in the store.
    id: str = Field(primary_key=True)
    #: None where a newcomer sent it.
    owner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", index=True)
    newcomer_id: UUID | None = Field(default=None, foreign_key="newcomers.id", index=True)
    kind: DocumentKind = Field(sa_type=named(DocumentKind))
    state: DocumentState = Field(default=DocumentState.RECEIVED, sa_type=named(DocumentState))
    state_since: datetime = instant()
    received_at: datetime = instant()
    #: When checking it was last begun; whoever begins writes it, so that two do not.
    checked_at: datetime = instant()
    #: Of the bytes as they were sent.
    sha256: str = Field(index=True)
    size_bytes: int
    media_type: str
    #: Destroying it is what destroys the document; None where that has happened.
    wrapped_key: str | None = None
    #: What the scanner last said: ``clean``, ``found``, or a `documents.scanning.Why`; None before.
    scan: str | None = None
    #: The scanner's name of what it found; for officers alone.
    scan_found: str | None = None
    pages: int | None = None
    #: `documents.faults.Note`.
    notes: list[str] = Field(default_factory=list, sa_type=JSON_DOCUMENT)
    #: Why it cannot be shown: a `documents.faults.Fault`, and the numbers of its sentence.
    fault: str | None = None
    fault_facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON_DOCUMENT)
    #: The upload in whose place it was sent.
    replaces: str | None = Field(default=None, foreign_key="uploads.id")
    #: When the store has confirmed that nothing of it is left there.
    content_removed_at: datetime | None = optional_instant()

    @property
    def whose(self) -> UUID:
        """The id of its practitioner, or of its newcomer."""
        found = self.owner_id or self.newcomer_id
        if found is None:
            raise RuntimeError("an upload is somebody's")
        return found


class UploadEvent(SQLModel, table=True):
    """One line of an upload's history. The database lets nobody change or delete it."""

    __tablename__ = "upload_events"
    __table_args__ = (
        known("from_state", DocumentState, name="an_upload_comes_from_a_known_state"),
        known("to_state", DocumentState, name="an_upload_comes_to_a_known_state"),
        known("actor_kind", DocumentActor, name="an_upload_event_has_a_known_actor"),
    )

    id: int | None = Field(default=None, primary_key=True)
    upload_id: str = Field(foreign_key="uploads.id", index=True)
    at: datetime = instant()
    from_state: DocumentState | None = Field(default=None, sa_type=named(DocumentState))
    to_state: DocumentState = Field(sa_type=named(DocumentState))
    actor_kind: DocumentActor = Field(sa_type=named(DocumentActor))
    #: The user name of who did it by command; never an applicant's.
    actor: str | None = None


async def find_upload(session: AsyncSession, upload_id: str, *, lock: bool = False) -> Upload:
    """The upload with this id; raises `UploadUnknown`, also for any text that is no id.

    With ``lock`` nobody else moves it until the transaction ends.
    """
    if not is_document_id(upload_id):
        raise UploadUnknown
    query = select(Upload).where(col(Upload.id) == upload_id)
    if lock:
        query = query.with_for_update(key_share=True)
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise UploadUnknown
    return found


async def lock_uploads(
    session: AsyncSession, upload_ids: Collection[str], owner_id: UUID
) -> list[Upload]:
    """Those of these uploads that are this owner's, in one order for everybody.

    Nobody else moves them until the transaction ends.
    """
    return await lock_uploads_of_many(session, upload_ids, {owner_id})


async def lock_uploads_of_many(
    session: AsyncSession, upload_ids: Collection[str], owner_ids: Collection[UUID]
) -> list[Upload]:
    """Those of these uploads that are one of these owners', as above."""
    query = (
        select(Upload)
        .where(
            among(col(Upload.id), list(filter(is_document_id, upload_ids))),
            _is_of(owner_ids),
        )
        .order_by(col(Upload.id))
    )
    return list((await session.exec(for_update(session, query, key_share=True))).all())


async def uploads_of(session: AsyncSession, owner_id: UUID, *, limit: int) -> list[Upload]:
    """The owner's uploads, newest first."""
    query = (
        select(Upload)
        .where(_is_of({owner_id}))
        .order_by(col(Upload.received_at).desc(), col(Upload.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def ready_uploads(
    session: AsyncSession, owner_id: UUID, kind: DocumentKind, sha256: str
) -> list[Upload]:
    """The owner's ready uploads of these bytes and this kind, newest first."""
    query = (
        select(Upload)
        .where(
            col(Upload.sha256) == sha256,
            _is_of({owner_id}),
            col(Upload.kind) == kind,
            col(Upload.state) == DocumentState.READY,
        )
        .order_by(col(Upload.received_at).desc(), col(Upload.id))
    )
    return list((await session.exec(query)).all())


async def successor_of(session: AsyncSession, upload_id: str) -> str | None:
    """The id of the upload that took this one's place; None where none did."""
    query = select(Upload.id).where(col(Upload.replaces) == upload_id)
    return (await session.exec(query)).one_or_none()


async def uploads_since(session: AsyncSession, owner_id: UUID, since: datetime) -> int:
    """How many the owner has sent after that instant."""
    query = select(func.count()).where(_is_of({owner_id}), col(Upload.received_at) > since)
    return (await session.exec(query)).one()


async def has_uploads(session: AsyncSession) -> bool:
    """Whether anybody has ever sent a file."""
    return (await session.exec(select(Upload.id).limit(1))).first() is not None


async def known_uploads(session: AsyncSession, upload_ids: Collection[str]) -> set[str]:
    """Those of these ids of which something may lie in the store.

    What has lost its key may, until the store has been seen empty; then nothing may.
    """
    query = select(Upload.id).where(
        col(Upload.id).in_(upload_ids),
        or_(col(Upload.wrapped_key).is_not(None), col(Upload.content_removed_at).is_(None)),
    )
    return set((await session.exec(query)).all())


async def sent_by_others(
    session: AsyncSession, sha256: Sequence[str], owner_id: UUID
) -> dict[str, str]:
    """Those of these digests that another person has sent as well, and who (the first number)."""
    query = (
        select(Upload.sha256, func.min(Practitioner.registration_number))
        .join(Practitioner, col(Practitioner.id) == col(Upload.owner_id))
        .where(col(Upload.sha256).in_(sha256), col(Upload.owner_id) != owner_id)
        .group_by(col(Upload.sha256))
    )
    return dict((await session.exec(query)).all())


def _is_of(ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether it is of one of these practitioners or newcomers."""
    return or_(among(col(Upload.owner_id), ids), among(col(Upload.newcomer_id), ids))


async def history_of_upload(session: AsyncSession, upload_id: str) -> list[UploadEvent]:
    """The upload's events, oldest first."""
    query = (
        select(UploadEvent)
        .where(col(UploadEvent.upload_id) == upload_id)
        .order_by(col(UploadEvent.id))
    )
    return list((await session.exec(query)).all())
