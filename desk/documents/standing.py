"""Where a document stands, as its owner is told while its page waits."""

from dataclasses import dataclass
from datetime import datetime

from desk.clock import utc_now
from desk.documents.faults import why_unusable
from desk.policy import current_policy
from documents.faults import Fault, Unusable
from models.database import transaction
from models.documents.documents import Upload, UploadUnknown, find_upload
from models.documents.uses import lives_of
from models.practitioners import find_practitioner
from rules.documents.retention import end_of
from rules.documents.states import BEING_CHECKED, DocumentState
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
    now = now or utc_now()
    policy = current_policy().documents
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        upload = await find_upload(session, upload_id)
        if upload.owner_id != practitioner.id:
            raise UploadUnknown
        life = (await lives_of(session, [upload]))[upload.id]
    end = end_of(life, policy)
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
    if upload.state is DocumentState.UNREADABLE:
        unusable = Unusable(Fault(str(upload.fault)), upload.fault_facts)
        return (why_unusable(unusable),)
    if upload.state is DocumentState.SUSPECT:
        return (problem("document_suspect", "document"),)
    if has_ended or upload.state in {DocumentState.REPLACED, DocumentState.DESTROYED}:
        return (problem("document_gone", "document"),)
    if upload.state in BEING_CHECKED:
        return (problem("document_being_checked", "document"),)
    return ()
