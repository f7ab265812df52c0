"""The documents of a case: what is stated, what was read, and where each file stands."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.cases.uploads import UploadStanding, upload_standings
from desk.kinds.registry import kind_of
from models.documents.documents import Upload, sent_by_others
from models.documents.readings import DocumentReading, readings_of
from models.documents.uses import rounds_of_uploads, uploads_of_request
from models.requests import Request
from rules.documents.states import DocumentState
from rules.documents.words import GONE, NO_FILE, STATES
from rules.findings.both_languages import InBoth
from rules.requests.document_readings import DocumentRead, Particular, differences
from rules.requests.documents import DocumentOnRequest
from rules.values.document_kind import DocumentKind


@dataclass(frozen=True, kw_only=True, repr=False)
class OfficersReading:
    """What one officer read in the document."""

    officer: str
    read_at: datetime
    round: int
    read: DocumentRead
    #: What differs from what is stated; of an earlier round nobody knows it any more.
    differences: tuple[Particular, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class CaseDocument:
    """One document of a request; personal data, as its `repr` shows."""

    #: Counts the documents of the case from 1, those of the present round first.
    number: int
    kind: DocumentKind
    #: As the applicant states it; None where only an earlier round names it, or none is judged yet.
    stated: DocumentOnRequest | None
    #: The rounds that name its file; none where it has none.
    rounds: tuple[int, ...]
    is_of_present_round: bool
    #: Of all rounds, oldest first.
    readings: tuple[OfficersReading, ...]
    #: The last reading of the present round: what counts for an approval; else None.
    confirmed: OfficersReading | None
    #: None where only particulars are stated.
    file: UploadStanding | None
    #: The registration number of another person who has sent the same bytes, as of now.
    also_sent_by: str | None

    @property
    def has_remarks(self) -> bool:
        """Whether there is something to say of it that officers are to look at.

        It was noted on receipt, somebody else has sent it too, or an officer has read something
        else in it than is stated.
        """
        notes = self.file.upload.notes if self.file else ()
        read = self.confirmed
        differs = read is not None and bool(not read.read.readable or read.differences)
        return bool(notes or self.also_sent_by) or differs

    def is_shown(self, now: datetime) -> bool:
        """Whether its pages can be looked at: they are drawn, and its day has not come."""
        if self.file is None or self._has_ended(now):
            return False
        return self.file.upload.state in {DocumentState.READY, DocumentState.REPLACED}

    def said(self, now: datetime) -> InBoth:
        """Where its file stands, for people."""
        if self.file is None:
            return NO_FILE
        is_kept = self.file.upload.wrapped_key is not None
        return GONE if is_kept and self._has_ended(now) else STATES[self.file.upload.state]

    def _has_ended(self, now: datetime) -> bool:
        end = self.file.end if self.file else None
        return end is not None and end.at <= now


async def documents_of_case(
    session: AsyncSession, request: Request, owner: str | None, *, is_validated: bool
) -> tuple[CaseDocument, ...]:
    """All documents of the request with this owner's number, in the caller's transaction.

    Those of the present round in the order in which they are stated, then those of earlier rounds.
    """
    uploads = await uploads_of_request(session, request)
    files = await upload_standings(session, uploads, owner or "")
    found = _Found(
        request=request,
        files=files,
        rounds=await rounds_of_uploads(session, request),
        readings=_by_upload(await readings_of(session, request)),
        others=await _others(session, request, uploads),
    )
    stated = kind_of(request).documents(request) if is_validated else ()
    documents = [found.document(number, one) for number, one in enumerate(stated, start=1)]
    named = {one.upload_id for one in stated}
    for upload in uploads:
        if upload.id not in named:
            documents.append(found.unstated(len(documents) + 1, upload))
    return tuple(documents)


@dataclass(frozen=True)
class _Found:
    request: Request
    files: Mapping[str, UploadStanding]
    rounds: Mapping[str, Sequence[int]]
    readings: Mapping[str, Sequence[DocumentReading]]
    others: Mapping[str, str]

    def document(self, number: int, stated: DocumentOnRequest) -> CaseDocument:
        """A document of the present round."""
        file = self.files.get(stated.upload_id or "")
        if file is None:
            return CaseDocument(
                number=number,
                kind=stated.kind,
                stated=stated,
                rounds=(),
                is_of_present_round=True,
                readings=(),
                confirmed=None,
                file=None,
                also_sent_by=None,
            )
        return self._of_file(number, file, stated)

    def unstated(self, number: int, upload: Upload) -> CaseDocument:
        """A document whose statement is not kept, or not judged yet."""
        return self._of_file(number, self.files[upload.id], None)

    def _of_file(
        self, number: int, file: UploadStanding, stated: DocumentOnRequest | None
    ) -> CaseDocument:
        upload, present = file.upload, self.request.round
        readings = tuple(
            _reading(row, stated if row.round == present else None)
            for row in self.readings.get(upload.id, ())
        )
        of_round = [reading for reading in readings if reading.round == present]
        rounds = tuple(self.rounds.get(upload.id, ()))
        return CaseDocument(
            number=number,
            kind=upload.kind,
            stated=stated,
            rounds=rounds,
            is_of_present_round=present in rounds,
            readings=readings,
            confirmed=of_round[-1] if of_round else None,
            file=file,
            also_sent_by=self.others.get(upload.sha256),
        )


def _reading(row: DocumentReading, stated: DocumentOnRequest | None) -> OfficersReading:
    read = row.reading()
    return OfficersReading(
        officer=row.officer,
        read_at=row.read_at,
        round=row.round,
        read=read,
        differences=differences(stated, read) if stated else (),
    )


def _by_upload(rows: Sequence[DocumentReading]) -> dict[str, list[DocumentReading]]:
    found = defaultdict(list)
    for row in rows:
        found[row.upload_id].append(row)
    return found


async def _others(
    session: AsyncSession, request: Request, uploads: Sequence[Upload]
) -> dict[str, str]:
    owner = request.practitioner_id or request.newcomer_id
    if owner is None or not uploads:
        return {}
    digests = [upload.sha256 for upload in uploads]
    return await sent_by_others(session, digests, owner)
