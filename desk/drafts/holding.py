"""Documents that we hold already: used again in a draft, in the place of a new file.

Offered is what its owner sent before, while it is kept and the rules take it. Not offered is what
an undecided request names, what a rejected one named, what an officer could not read, and what a
request has left behind when it was corrected.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.documents.standing import standing_of
from desk.drafts import renewal, update
from desk.drafts.documents import takes_a_file
from desk.drafts.keeping import OnDraft, put, to_write
from desk.kinds.registry import kind_of
from desk.policy import current_policy
from models.database import snapshot, transaction
from models.documents.documents import Upload, UploadUnknown
from models.documents.readings import readings_of
from models.documents.uses import free_uploads, lives_of, requests_of_upload
from models.practitioners import find_practitioner
from models.requests import Request
from rules.documents.retention import DocumentLife, end_of
from rules.errors import Conflict
from rules.profile_update.drafted import Entry, Typed, next_part, parts_of
from rules.requests.document_readings import DocumentRead, as_stated
from rules.requests.documents import STATED, good_until
from rules.requests.statuses import Status
from rules.values.dates import riyadh_day
from rules.values.document_kind import DocumentKind
from rules.values.typed_days import TypedDay, as_boxes, in_boxes

#: More than anybody chooses from.
MOST_OFFERED = 5
#: Among so many of the newest.
_MOST_LOOKED_AT = 50
_DAY = timedelta(days=1)
_FILE = "id"


class NotHeld(Conflict):
    """The document cannot be used again: it has ended meanwhile, or another request names it."""


@dataclass(frozen=True, kw_only=True, repr=False)
class HeldDocument:
    """One document that can be used again; personal data, so its `repr` shows nothing."""

    upload_id: str
    kind: DocumentKind
    sent_on: date
    #: What it shows, as an officer read it or else as it was stated; None where nobody said it.
    read: DocumentRead | None
    #: The last whole day on which it can be used again; None for ever.
    until: date | None

    @property
    def boxes(self) -> dict[str, str]:
        """What a draft's boxes hold of it: its particulars where they are known, and its file."""
        boxes = {_FILE: self.upload_id}
        if self.read is None or self.read.issued_on is None:
            return boxes
        ends = self.read.expires_on
        return {
            "issuer": self.read.issuer or "",
            **in_boxes("issued_on", as_boxes(self.read.issued_on)),
            **in_boxes("expires_on", as_boxes(ends) if ends else TypedDay()),
            **boxes,
        }


async def held_documents(
    owner: str, kind: DocumentKind, *, besides: OnDraft, now: datetime
) -> tuple[HeldDocument, ...]:
    """What the practitioner with this registration number can use again of this kind.

    Newest first, each file once, without those that the draft names already. Changes nothing.
    """
    return (await held_by_kind(owner, [kind], besides=besides, now=now))[kind]


async def held_by_kind(
    owner: str, kinds: Collection[DocumentKind], *, besides: OnDraft, now: datetime
) -> dict[DocumentKind, tuple[HeldDocument, ...]]:
    """The same of each of these kinds, as it is at one moment."""
    if not kinds:
        return {}
    named = {typed[_FILE] for typed in besides.content.values() if _FILE in typed}
    found = {}
    async with snapshot() as session:
        practitioner = await find_practitioner(session, owner)
        for kind in kinds:
            uploads = await free_uploads(session, practitioner.id, kind, limit=_MOST_LOOKED_AT)
            found[kind] = await _offered(session, uploads, named, now)
    return found


async def kinds_held(
    owner: str, kinds: Collection[DocumentKind], *, besides: OnDraft, now: datetime
) -> frozenset[DocumentKind]:
    """Those of these kinds of which something can be used again."""
    taken = list(filter(takes_a_file, kinds))
    found = await held_by_kind(owner, taken, besides=besides, now=now)
    return frozenset(kind for kind, held in found.items() if held)


async def use_in_renewal(owner: str, part: str, upload_id: str, *, now: datetime) -> bool:
    """Let this part of the renewal's draft be the document that we hold; again, it is the same.

    Its particulars take the place of what was typed. Returns whether they are known: else what was
    typed stays, and may be another document's. Raises `NotHeld`, `PartUnknown` and `RequestIsOpen`.
    """
    written = await renewal.look(owner, now=now)
    kind = written.kind_of(part)
    if written.content.get(part, {}).get(_FILE) == upload_id:
        return True
    held = _chosen(await held_documents(owner, kind, besides=written, now=now), upload_id)
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        draft, _ = await to_write(session, practitioner.id, renewal.KIND, now=now)
        put(draft, part, _over(draft.typed.get(part, {}), held), now)
    return held.read is not None


async def use_in_update(owner: str, kind: DocumentKind, upload_id: str, *, now: datetime) -> str:
    """Let the update's draft state the document that we hold; returns its part.

    A document of its kind that has no file becomes it, else it is one more; again, it is the same.
    Raises `NotHeld`, `TooManyEntries` and `RequestIsOpen`.
    """
    written = await update.look(owner, now=now)
    for part, typed in written.content.items():
        if typed.get(_FILE) == upload_id:
            return part
    held = _chosen(await held_documents(owner, kind, besides=written, now=now), upload_id)
    async with transaction() as session:
        practitioner = await find_practitioner(session, owner)
        draft, _ = await to_write(session, practitioner.id, update.KIND, now=now)
        there = parts_of(draft.typed, Entry.DOCUMENT)
        part = next((each for each in there if _waits(draft.typed[each], kind)), "")
        if not part:
            limit = current_policy().limits.documents
            if len(there) >= limit:
                raise update.TooManyEntries(limit)
            part = next_part(draft.typed, Entry.DOCUMENT)
        put(draft, part, {"kind": kind.value, **_over(draft.typed.get(part, {}), held)}, now)
    return part


async def replaced_by_a_new_file(
    written: renewal.Renewal, part: str, *, now: datetime
) -> str | None:
    """The document whose place a new file of this part takes; None where it takes none's.

    One that another request names stays what it is: it is used again here, and may be elsewhere.
    """
    known = written.content.get(part, {}).get(_FILE)
    if known is None:
        return None
    try:
        standing = await standing_of(known, owner=written.registration_number, now=now)
    except UploadUnknown:
        return None
    async with transaction() as session:
        requests = await requests_of_upload(session, known)
    own = written.corrects.id if written.corrects else None
    others = any(request.id != own for request in requests)
    return None if standing.problems or others else known


async def _offered(
    session: AsyncSession, uploads: Sequence[Upload], named: Collection[str], now: datetime
) -> tuple[HeldDocument, ...]:
    lives = await lives_of(session, uploads)
    found = [
        await _held(session, upload, lives[upload.id], now)
        for upload in uploads
        if upload.id not in named
    ]
    digests = {upload.id: upload.sha256 for upload in uploads}
    return _each_once([one for one in found if one is not None], digests)[:MOST_OFFERED]


async def _held(
    session: AsyncSession, upload: Upload, life: DocumentLife, now: datetime
) -> HeldDocument | None:
    """The upload as it is offered; None where it is not."""
    policy = current_policy().documents
    read = await _as_known(session, upload.id) if life.uses else None
    if life.uses and read is None:
        return None
    end = end_of(life, policy)
    last_days = [riyadh_day(end.at) - _DAY] if end else []
    if read is not None and read.issued_on is not None:
        good = good_until(upload.kind, read.issued_on, read.expires_on, policy)
        last_days += [good] if good else []
    until = min(last_days, default=None)
    if until is not None and until < riyadh_day(now):
        return None
    return HeldDocument(
        upload_id=upload.id,
        kind=upload.kind,
        sent_on=riyadh_day(upload.received_at),
        read=read,
        until=until,
    )


async def _as_known(session: AsyncSession, upload_id: str) -> DocumentRead | None:
    """What the document shows, by the last request that names it; None for one not to offer."""
    requests = await requests_of_upload(session, upload_id)
    if any(request.status == Status.REJECTED for request in requests):
        return None
    for request in reversed(requests):
        documents = kind_of(request).documents(request) if request.normalised else ()
        for document in documents:
            if document.upload_id == upload_id:
                read = await _as_read(session, request, upload_id) or as_stated(document)
                return read if read.readable else None
    return None


async def _as_read(session: AsyncSession, request: Request, upload_id: str) -> DocumentRead | None:
    readings = await readings_of(session, request)
    found = [row.reading() for row in readings if row.upload_id == upload_id]
    return found[-1] if found else None


def _each_once(
    found: Collection[HeldDocument], digests: dict[str, str]
) -> tuple[HeldDocument, ...]:
    """Of the same file sent twice the one of which more is known."""
    best: dict[str, HeldDocument] = {}
    for held in found:
        digest = digests[held.upload_id]
        if digest not in best or (best[digest].read is None and held.read is not None):
            best[digest] = held
    return tuple(best.values())


def _chosen(held: Collection[HeldDocument], upload_id: str) -> HeldDocument:
    for each in held:
        if each.upload_id == upload_id:
            return each
    raise NotHeld


def _over(typed: Typed, held: HeldDocument) -> dict[str, str]:
    kept = {name: text for name, text in typed.items() if name not in STATED}
    return {**kept, **held.boxes}


def _waits(typed: Typed, kind: DocumentKind) -> bool:
    """Whether this is a document of the kind, and its file was not sent yet."""
    return typed.get("kind") == kind and not typed.get(_FILE)
