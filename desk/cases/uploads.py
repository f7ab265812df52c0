"""Uploaded documents as operations see them: codes, numbers and instants; nobody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.standing import Standing, standing_of
from desk.documents.faults import why_it_cannot_be_shown
from desk.documents.owners import owner_of
from desk.looks import Looker, note_look
from desk.policy import current_policy
from models.access_log import AccessLine, Looked, looks_at_upload
from models.database import patiently, snapshot
from models.documents.certificates import DestructionCertificate, certificate_of
from models.documents.documents import (
    Upload,
    UploadEvent,
    find_upload,
    history_of_upload,
    successor_of,
    uploads_of,
)
from models.documents.uses import lives_of, requests_of_upload
from models.practitioners import practitioners_of
from rules.documents.retention import DocumentEnd, end_of
from rules.findings.problems import Problem

#: The last looks that are shown.
MOST_LOOKS = 50


@dataclass(frozen=True, kw_only=True)
class UploadStanding:
    """Where an uploaded document stands, and when it ends."""

    upload: Upload
    #: The registration number of whose it is.
    owner: str
    #: As things stand; None while nobody can know, and where its content is gone.
    end: DocumentEnd | None

    @property
    def fault(self) -> Problem | None:
        """Why it cannot be shown, with its cure."""
        return why_it_cannot_be_shown(self.upload)


@dataclass(frozen=True, kw_only=True)
class UploadFile(UploadStanding):
    """The same with all that has happened to it."""

    #: The document that took its place.
    replaced_by: str | None
    history: Sequence[UploadEvent]
    #: The requests that name it, oldest first.
    requests: Sequence[Standing]
    #: Newest first, `MOST_LOOKS` at most.
    looks: Sequence[AccessLine]
    #: None while it has its content.
    certificate: DestructionCertificate | None


@patiently
async def list_uploads(
    registration_number: str, *, by: Looker, now: datetime, limit: int
) -> tuple[UploadStanding, ...]:
    """The documents of the practitioner with this number, newest first.

    It is a line of the access log. Raises as `desk.documents.owners.owner_of`.
    """
    async with snapshot() as session:
        owner = await owner_of(session, registration_number)
        await note_look(session, Looked.DOCUMENTS, by=by, now=now, practitioner_id=owner.id)
        uploads = await uploads_of(session, owner.id, limit=limit)
        found = await upload_standings(session, uploads, owner.registration_number)
    return tuple(found.values())


@patiently
async def read_upload(upload_id: str, *, by: Looker, now: datetime) -> UploadFile:
    """The document with this id; a line of the access log.

    Raises `models.documents.documents.UploadUnknown`.
    """
    async with snapshot() as session:
        upload = await find_upload(session, upload_id)
        await note_look(session, Looked.DOCUMENTS, by=by, now=now, practitioner_id=upload.owner_id)
        people = await practitioners_of(session, [upload.owner_id])
        return UploadFile(
            upload=upload,
            # A newcomer has no number.
            owner=next((each.registration_number for each in people.values()), ""),
            end=(await _ends_of(session, [upload]))[upload.id],
            replaced_by=await successor_of(session, upload.id),
            history=await history_of_upload(session, upload.id),
            requests=tuple(map(standing_of, await requests_of_upload(session, upload.id))),
            looks=await looks_at_upload(session, upload.id, limit=MOST_LOOKS),
            certificate=await certificate_of(session, upload.id),
        )


async def upload_standings(
    session: AsyncSession, uploads: Sequence[Upload], owner: str
) -> dict[str, UploadStanding]:
    """How these uploads of the practitioner with this number stand, by their ids."""
    ends = await _ends_of(session, uploads)
    return {
        upload.id: UploadStanding(upload=upload, owner=owner, end=ends[upload.id])
        for upload in uploads
    }


async def _ends_of(
    session: AsyncSession, uploads: Sequence[Upload]
) -> dict[str, DocumentEnd | None]:
    policy = current_policy().documents
    lives = await lives_of(session, uploads)
    return {
        upload.id: None if upload.wrapped_key is None else end_of(lives[upload.id], policy)
        for upload in uploads
    }
