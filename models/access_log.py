"""Every look at a person's data by somebody else, or at a document by anybody: one line each."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named


class Viewer(StrEnum):
    """In what role somebody looked."""

    PRACTITIONER = "practitioner"
    OFFICER = "officer"
    OPERATIONS = "operations"


class Looked(StrEnum):
    """What was looked at."""

    DOCUMENT_PAGE = "document_page"
    DOCUMENT_ORIGINAL = "document_original"


class AccessLine(SQLModel, table=True):
    """Who looked at what of whom, when and why. The database lets nobody change it."""

    __tablename__ = "access_log"
    __table_args__ = (
        known("viewer_kind", Viewer, name="a_look_has_a_known_viewer"),
        known("what", Looked, name="a_look_is_at_something_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    viewer_kind: Viewer = Field(sa_type=named(Viewer))
    #: The user name of an officer or operator; None for the practitioner.
    viewer: str | None = None
    what: Looked = Field(sa_type=named(Looked))
    #: Whose data it was.
    practitioner_id: UUID = Field(foreign_key="practitioners.id", index=True)
    #: For which request; None where it was for none.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    upload_id: str | None = Field(default=None, foreign_key="uploads.id")
    page: int | None = None
    why: str | None = None


async def looks_at(session: AsyncSession, practitioner_id: UUID, *, limit: int) -> list[AccessLine]:
    """The looks at this person's data, newest first."""
    query = (
        select(AccessLine)
        .where(col(AccessLine.practitioner_id) == practitioner_id)
        .order_by(col(AccessLine.id).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())


async def looks_at_upload(session: AsyncSession, upload_id: str, *, limit: int) -> list[AccessLine]:
    """The looks at this upload, newest first."""
    query = (
        select(AccessLine)
        .where(col(AccessLine.upload_id) == upload_id)
        .order_by(col(AccessLine.id).desc())
        .limit(limit)
    )
    return list((await session.exec(query)).all())
