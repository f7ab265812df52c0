"""Every look at a person's data by somebody else, or at a document by anybody: one line each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, literal, tuple_
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from models.columns import instant, known, named, quoted
from models.practitioners import Practitioner
from models.requests import Request


class Viewer(StrEnum):
    """In what role somebody looked."""

    PRACTITIONER = "practitioner"
    OFFICER = "officer"
    OPERATIONS = "operations"
    #: Another system, by its account's name.
    MACHINE = "machine"
    #: Whoever holds a card's code: nobody asks who that is.
    PUBLIC = "public"


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
    #: A card, or a page for a telephone, with the code that leads to it.
    CARD_PRINT = "card_print"
    #: Whether a card is valid, by its code.
    CARD_CHECK = "card_check"
    #: Why reminders were sent or not.
    REMINDERS = "reminders"
    #: Everything that is held of somebody, given to the person.
    OWN_COPY = "own_copy"
    #: Somebody was searched for: a line for each person who was shown, one where nobody was.
    SEARCH = "search"
    #: A row of a file that somebody of the house took along, with their reason.
    EXPORT = "export"
    #: This log: of one person, or of nobody in particular.
    ACCESS_LOG = "access_log"
    #: All that is held of somebody was counted, or removed.
    ERASURE = "erasure"
    #: Another system used its key, for what ``why`` says; whose data it was shown has its own line.
    MACHINE_USE = "machine_use"


#: What may be about nobody.
_OF_NOBODY = (Looked.SEARCH, Looked.ACCESS_LOG, Looked.MACHINE_USE)


class AccessLine(SQLModel, table=True):
    """Who looked at what of whom, when and why. The database lets nobody change it."""

    __tablename__ = "access_log"
    __table_args__ = (
        known("viewer_kind", Viewer, name="a_look_has_a_known_viewer"),
        known("what", Looked, name="a_look_is_at_something_known"),
        CheckConstraint(
            "practitioner_id IS NOT NULL OR request_id IS NOT NULL"
            f" OR what IN ({quoted(_OF_NOBODY)})",
            name="a_look_is_at_somebody",
        ),
        Index("access_log_by_time", "at", "id"),
        Index("access_log_by_viewer", "viewer", "at", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = instant()
    viewer_kind: Viewer = Field(sa_type=named(Viewer))
    #: The user name of an officer or operator, or a machine's; None for the practitioner, and
    #: for whoever holds a code.
    viewer: str | None = None
    what: Looked = Field(sa_type=named(Looked))
    #: Whose data it was; None for somebody not on the register yet, whose request it names.
    practitioner_id: UUID | None = Field(default=None, foreign_key="practitioners.id", index=True)
    #: For which request; None where it was for none.
    request_id: UUID | None = Field(default=None, foreign_key="requests.id")
    upload_id: str | None = Field(default=None, foreign_key="uploads.id")
    page: int | None = None
    #: An officer's words; of a search, the `rules.requests.searched.By` that found the person; of a
    #: machine, the name of what it asked for.
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class LinesOf:
    """Which lines of the log are wanted; None for all of them."""

    practitioner_id: UUID | None = None
    #: By the user name of an officer, or the login of somebody of operations.
    viewer: str | None = None
    #: From then on.
    since: datetime | None = None
    #: Before then.
    until: datetime | None = None


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


async def lines_of_log(
    session: AsyncSession, wanted: LinesOf, *, limit: int, before: int | None
) -> list[tuple[AccessLine, str | None, str | None]]:
    """The lines, newest first, each with its person's registration number and its request's code.

    ``before`` is a line's number: those that are older. A number that no line has asks for all.
    """
    newest_first = (col(AccessLine.at), col(AccessLine.id))
    query = (
        select(AccessLine, Practitioner.registration_number, Request.tracking_code)
        .join(Practitioner, col(Practitioner.id) == col(AccessLine.practitioner_id), isouter=True)
        .join(Request, col(Request.id) == col(AccessLine.request_id), isouter=True)
        .where(*_conditions(wanted))
        .order_by(*(column.desc() for column in newest_first))
        .limit(limit)
    )
    last = None if before is None else await session.get(AccessLine, before)
    if last is not None:
        query = query.where(tuple_(*newest_first) < tuple_(literal(last.at), literal(last.id)))
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


def _conditions(wanted: LinesOf) -> list[ColumnElement[bool]]:
    found = []
    if wanted.practitioner_id is not None:
        found.append(col(AccessLine.practitioner_id) == wanted.practitioner_id)
    if wanted.viewer is not None:
        found.append(col(AccessLine.viewer) == wanted.viewer)
    if wanted.since is not None:
        found.append(col(AccessLine.at) >= wanted.since)
    if wanted.until is not None:
        found.append(col(AccessLine.at) < wanted.until)
    return found
