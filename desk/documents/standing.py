"""Where a document stands, as its owner is told while its page waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from desk.documents.faults import what_stands_in_the_way
from desk.policy import current_policy
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.uses import lives_of
from models.practitioners import find_practitioner
from rules.documents.retention import DocumentLife, end_of
from rules.documents.states import DocumentState
from rules.findings.problems import Problem, problem
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True)
class DocumentStanding:
    """What its owner may know of a document."""

    id: str
    kind: DocumentKind
    state: DocumentState
    #: None until they are drawn.
    pages: int | None
    #: From then on it cannot be seen; None while nobody can know.
    kept_until: datetime | None
    #: Why no request may name it; none where it is ready.
    problems: tuple[Problem, ...]


async def standing_of(
    upload_id: str, *, owner: str, now: datetime | None = None
) -> DocumentStanding:
    """How this document of the practitioner with this registration number stands.

    Raises `models.practitioners.PractitionerUnknown`, and `UploadUnknown` for another's as well.
    """
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        upload = await find_upload(session, upload_id)
        if upload.owner_id != practitioner.id:
            raise UploadUnknown
        return await standing_in(session, upload, now=now or utc_now())


async def standing_in(session: AsyncSession, upload: Upload, *, now: datetime) -> DocumentStanding:
    """How this upload stands, in the caller's transaction."""
    life = (await lives_of(session, [upload]))[upload.id]
    return _standing(upload, life, now)


def standing_of_new(upload: Upload, *, now: datetime) -> DocumentStanding:
    """How an upload stands that was just kept: no request can name it yet."""
    life = DocumentLife(
        kind=upload.kind,
        state=upload.state,
        received_at=upload.received_at,
        state_since=upload.state_since,
        uses=(),
    )
    return _standing(upload, life, now)


def _standing(upload: Upload, life: DocumentLife, now: datetime) -> DocumentStanding:
    end = end_of(life, current_policy().documents)
    has_ended = end is not None and end.at <= now
    return DocumentStanding(
        id=upload.id,
        kind=upload.kind,
        state=upload.state,
        pages=upload.pages,
        kept_until=end.at if end else None,
        problems=_problems(upload, has_ended=has_ended),
    )


def _problems(upload: Upload, *, has_ended: bool) -> tuple[Problem, ...]:
    if (found := what_stands_in_the_way(upload)) is not None:
        return (found,)
    return (problem("document_gone", "document"),) if has_ended else ()
