"""Looking at a document: a line of the access log, then its bytes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.shelf import shelf
from desk.looks import Looker
from desk.officers import refuse_own
from desk.policy import current_policy
from documents.media_types import MediaType
from documents.pages import page_name
from documents.receiving import ORIGINAL, content_of
from models.access_log import AccessLine, Looked, Viewer
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.uses import lives_of, names_upload
from models.officers import find_officer
from models.practitioners import find_practitioner
from models.requests import Request, find_request
from rules.documents.on_hand import why_not_ready
from rules.documents.retention import DocumentLife, has_ended
from rules.documents.states import DocumentState
from rules.errors import Conflict, NotFound, Refused
from rules.findings.problems import Problem, problem
from rules.values.text import clean_note
from rules.values.tracking_code import parse_tracking_code

#: Characters of why somebody looked.
WHY_LENGTH = 300


class PageUnknown(NotFound):
    """The document has no page of this number."""


class DocumentNotShown(Conflict):
    """The document cannot be shown: not yet, or not any more; ``problems`` says why."""

    def __init__(self, state: DocumentState) -> None:
        found = problem(why_not_ready(state), "document")
        super().__init__(found.sentence.en)
        self.problems: tuple[Problem, ...] = (found,)


class LookNeedsReason(Refused):
    """An officer says why, before the original of a document is given out."""


@dataclass(frozen=True)
class LookedAt:
    """What is given out."""

    media_type: MediaType
    pieces: AsyncIterator[bytes]
    #: None where nobody knows it before it was read.
    size_bytes: int | None


async def look(
    upload_id: str,
    *,
    by: Looker,
    page: int | None,
    request_code: str | None,
    why: str | None,
    now: datetime,
) -> LookedAt:
    """A page's picture, or with no ``page`` the original; each call is a line of the access log.

    The line is kept before the first byte is given out, so that no look goes without one; a line
    may stand for bytes that then could not be read. Shown is what is ready, and what a request
    still names after another took its place; until its day, whether or not it is destroyed by then.

    The owner sees their own uploads, an officer those of the request that they name, in any of its
    rounds, but not of their own; everything else raises `UploadUnknown`. Raises `DocumentNotShown`,
    `PageUnknown`, `LookNeedsReason`, `models.practitioners.PractitionerUnknown`, `OfficerUnknown`,
    `RequestUnknown`, `NotATrackingCode`, `OwnRequest`, and as `rules.values.text.clean_note` for
    ``why``. The pieces raise as `documents.receiving.content_of`.
    """
    here = shelf()
    why = clean_note(why, max_length=WHY_LENGTH)
    if by.kind is Viewer.OFFICER and page is None and why is None:
        raise LookNeedsReason
    async with transaction() as session:
        seen = await _seen_by(session, upload_id, by, request_code)
        upload = seen.upload
        [life] = (await lives_of(session, [upload])).values()
        if not is_shown(life, now):
            raise DocumentNotShown(upload.state)
        if page is not None and not 1 <= page <= (upload.pages or 0):
            raise PageUnknown
        session.add(
            AccessLine(
                at=now,
                viewer_kind=by.kind,
                viewer=seen.viewer,
                what=Looked.DOCUMENT_ORIGINAL if page is None else Looked.DOCUMENT_PAGE,
                practitioner_id=upload.owner_id,
                request_id=seen.request.id if seen.request else None,
                upload_id=upload.id,
                page=page,
                why=why,
            )
        )
    pieces = content_of(
        here.store,
        here.keys,
        document_id=upload.id,
        wrapped_key=str(upload.wrapped_key),
        what=ORIGINAL if page is None else page_name(page),
    )
    if page is not None:
        return LookedAt(MediaType.JPEG, pieces, None)
    media_type = MediaType(upload.media_type)
    # A photograph is kept as it was written anew.
    size = upload.size_bytes if media_type is MediaType.PDF else None
    return LookedAt(media_type, pieces, size)


def is_shown(life: DocumentLife, now: datetime) -> bool:
    """Whether its content may be given out at this instant, to whoever may see it at all."""
    in_use = life.state is DocumentState.REPLACED and bool(life.uses)
    is_there = life.state is DocumentState.READY or in_use
    return is_there and not has_ended(life, current_policy().documents, now)


@dataclass(frozen=True)
class _Seen:
    upload: Upload
    request: Request | None
    #: As the access log names whoever looks.
    viewer: str | None


async def _seen_by(
    session: AsyncSession, upload_id: str, by: Looker, request_code: str | None
) -> _Seen:
    """The upload, where this person may know of it, and the request that they look at it for."""
    if by.kind is Viewer.PRACTITIONER:
        practitioner = await find_practitioner(session, by.name)
        upload = await find_upload(session, upload_id)
        if upload.owner_id != practitioner.id:
            raise UploadUnknown
        request = await _naming(session, upload, request_code) if request_code else None
        return _Seen(upload, request, None)
    officer = await find_officer(session, by.name)
    upload = await find_upload(session, upload_id)
    if request_code is None:
        raise UploadUnknown
    request = await _naming(session, upload, request_code)
    refuse_own(officer, request)
    return _Seen(upload, request, officer.user_name)


async def _naming(session: AsyncSession, upload: Upload, request_code: str) -> Request:
    request = await find_request(session, parse_tracking_code(request_code))
    if not await names_upload(session, request, upload.id):
        raise UploadUnknown
    return request
