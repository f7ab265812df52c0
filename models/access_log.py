"""Every look at a person's data by somebody else, or at a document by anybody: one line each."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named
from models.requests import Request


class Viewer(StrEnum):
    """In what role somebody looked."""

    PRACTITIONER = "practitioner"
    OFFICER = "officer"
    OPERATIONS = "operations"


class Looked(StrEnum):
    """What was looked at."""

    DOCUMENT_PAGE = "document_page"
    DOCUMENT_ORIGINAL = "document_original"
    #: Which documents somebody has sent, and how they fare.
    DOCUMENTS = "documents"
    #: A request, with what it would change.
    CASE = "case"
    #: A card with its periods, or whether it may be renewed.
    CARD = "card"
    #: Why reminders were sent or not.
    REMINDERS = "reminders"
    #: Everything that is held of somebody, given to the person.
    OWN_COPY = "own_copy"


class AccessLine(SQLModel, table=True):
    """Who looked at what of whom, when and why. The database lets nobody change it."""

    __tablename__ = "access_log"
    __table_args__ = (
        known("viewer_kind", Viewer, name="a_look_has_a_known_viewer"),
        known("what", Looked, name="a_look_is_at_something_known"),
        CheckConstraint(
            "practitioner_id IS NOT NULL OR request_id IS NOT NULL",
            name="a_look_is_at_somebody",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    viewer_kind: Viewer = Field(sa_type=named(Viewer))
    #: The user name of an officer or operator; None for the practitioner.
    viewer: str | None = None
    what: Looked = Field(sa_type=named(Looked))
    #: Whose data it was; None for somebody not on the register yet, whose request it names.
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", index=True)
    #: For which request; None where it was for none.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    upload_id: str | None = Field(default=None, foreign_key="uploads.id")
    page: int | None = None
    why: str | None = None


async def looks_at(
    session: AsyncSession, practitioner_id: UUID, *, limit: int, before: int | None = None
) -> list[tuple[AccessLine, str | None]]:
    """The looks at this person's data, newest first, each with its request's tracking code.

    ``before`` is a line's number: those that are older.
    """
    query = (
        select(AccessLine, Request.tracking_code)
        .join(Request, col(Request.id) == col(AccessLine.request_id), isouter=True)
        .where(col(AccessLine.practitioner_id) == practitioner_id)
        .order_by(col(AccessLine.id).desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(col(AccessLine.id) < before)
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
