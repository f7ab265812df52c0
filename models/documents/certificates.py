"""What was destroyed, when and why. It outlives the upload's content, and holds none of it."""

from datetime import datetime
from typing import Self

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from models.documents.documents import Upload
from rules.documents.retention import EndRule
from rules.values.document_kind import DocumentKind


class DestructionCertificate(SQLModel, table=True):
    """One destruction. The database lets nobody change or delete it."""

    __tablename__ = "destruction_certificates"
    __table_args__ = (
        UniqueConstraint("upload_id", name="an_upload_is_destroyed_once"),
        known("kind", DocumentKind, name="a_destruction_is_of_a_known_kind"),
        known("rule", EndRule, name="a_destruction_has_a_known_rule"),
    )

    id: int | None = Field(default=None, primary_key=True)
    upload_id: str = Field(foreign_key="uploads.id")
    kind: DocumentKind = Field(sa_type=named(DocumentKind))
    #: Of the bytes as they were sent.
    sha256: str
    size_bytes: int
    rule: EndRule = Field(sa_type=named(EndRule))
    reason: str | None = None
    #: The user name of who ordered it; None where a rule did.
    ordered_by: str | None = None
    destroyed_at: datetime = instant()

    @classmethod
    def of(
        cls, upload: Upload, rule: EndRule, reason: str | None, by: str | None, now: datetime
    ) -> Self:
        """The certificate of this upload's destruction."""
        return cls(
            upload_id=upload.id,
            kind=upload.kind,
            sha256=upload.sha256,
            size_bytes=upload.size_bytes,
            rule=rule,
            reason=reason,
            ordered_by=by,
            destroyed_at=now,
        )


async def certificate_of(session: AsyncSession, upload_id: str) -> DestructionCertificate | None:
    """The certificate of this upload's destruction; None while it has its content."""
    query = select(DestructionCertificate).where(col(DestructionCertificate.upload_id) == upload_id)
    return (await session.exec(query)).one_or_none()
