"""The end of documents: their keys first, which is their destruction; then the store is emptied.

What is due follows from the facts and from policy as it is now, and is asked again with the
document's row locked. So a pass may be stopped, repeated, or run twice at once: each document is
destroyed once, with one certificate.
"""

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from desk.clock import utc_now
from desk.documents.shelf import store
from desk.policy import current_policy
from documents.store import Store, StoreAway
from models.database import is_passing, transaction
from models.documents.certificates import DestructionCertificate, certificate_of
from models.documents.documents import Upload, find_upload
from models.documents.door import CLOCK, Ending, UploadActor, move_upload
from models.documents.endings import (
    Page,
    count_left_in_store,
    left_in_store,
    lock_if_free,
    note_removed,
    undecided_requests,
    uploads_of_decided_requests,
    uploads_old_enough,
)
from models.documents.uses import lives_of
from models.retention.holds import held_uploads
from rules.documents.retention import DocumentEnd, EndRule, end_of, ends_with_decision, soonest_end
from rules.documents.states import WITHOUT_CONTENT, DocumentActor, DocumentState
from rules.errors import Broken, Conflict, Refused
from rules.values.document_kind import DocumentKind
from rules.values.text import clean_note

logger = logging.getLogger("mumaris.documents")

#: Rows that are looked at together.
CHUNK = 500
#: Documents that are removed from the store at once.
AT_ONCE = 8
#: The longest reason of an ordered destruction.
REASON_LENGTH = 500

#: How many, by kind and rule.
Counted = Counter[tuple[DocumentKind, EndRule]]
#: Uploads of a kind that may be due at an instant, some of them.
_Some = Callable[[AsyncSession, DocumentKind, datetime, Page], Awaitable[list[Upload]]]


class NoReasonGiven(Refused):
    """Destroying a document before its day needs a reason, which its certificate keeps."""


class NamedByRequest(Conflict):
    """A request that is not decided names the document; officers still need it."""

    def __init__(self, tracking_codes: Sequence[str]) -> None:
        self.tracking_codes = tuple(tracking_codes)
        super().__init__(
            f"named by {', '.join(tracking_codes)}, not decided yet: "
            "decide or withdraw that first, or have the applicant send another document"
        )


class DocumentHeld(Conflict):
    """A hold covers the document: a court may ask for it."""


class CertificateMissing(Broken):
    """A document has lost its content, and no certificate says why."""


@dataclass
class Destroyed:
    """What one pass destroyed."""

    destroyed: Counted = field(default_factory=Counter)
    #: Were due and could not be destroyed, each for a reason of its own; the log has it.
    failed: int = 0


@dataclass(frozen=True)
class Emptied:
    """What one pass removed from the store."""

    removed: int
    #: The store may still hold these. Nobody can open them: their keys are gone.
    left: int


async def due(now: datetime) -> Counted:
    """What a pass at this instant would destroy; nothing is changed."""
    counted: Counted = Counter()
    async for upload, end in _due(now, _old_enough, tuple(DocumentKind)):
        counted[upload.kind, end.rule] += 1
    return counted


async def destroy_due(now: datetime) -> Destroyed:
    """Destroy everything whose end has come.

    Each document in a transaction of its own: one that fails holds up no other. One that somebody
    is at just now is left to the next pass. Raises the database's error where it is away.
    """
    return await _destroy(now, _old_enough, tuple(DocumentKind))


async def destroy_decided(now: datetime) -> Destroyed:
    """The same of documents that end with a decision, where there was one: cheap enough for always.

    Asks only for what a decided request names.
    """
    kinds = ends_with_decision(current_policy().documents)
    return await _destroy(now, _decided, kinds)


async def empty_store(now: datetime) -> Emptied:
    """Remove from the store what has no key any more; what cannot be removed now is left.

    Once more, or twice at once, does no harm. A store that answers nothing at all is not asked on.
    Raises as `desk.documents.shelf.store`, where there is something to remove.
    """
    removed, failed, after = 0, False, ""
    while few := await _left_in_store(after):
        gone = await _forgotten(store(), few)
        failed |= len(gone) < len(few)
        async with transaction() as session:
            removed += await note_removed(session, gone, now=now)
        if not gone:
            break
        after = few[-1]
    return Emptied(removed, left=await count_left(now) if failed else 0)


async def count_left(since: datetime) -> int:
    """How many documents without a key the store may hold, since this instant or before it."""
    async with transaction() as session:
        return await count_left_in_store(session, since=since)


async def destroy(
    upload_id: str, *, reason: str, by: str, now: datetime | None = None
) -> DestructionCertificate:
    """Destroy this document now, because operations say so; returns its certificate.

    What is destroyed already stays as it is, and the first certificate is returned. The store is
    emptied afterwards: see `empty_store`.
    Raises `NoReasonGiven`, `NamedByRequest`, `DocumentHeld`,
    `models.documents.documents.UploadUnknown`, and as `rules.values.text.clean_note`.
    """
    now = now or utc_now()
    said = clean_note(reason, max_length=REASON_LENGTH)
    if said is None:
        raise NoReasonGiven
    async with transaction() as session:
        upload = await find_upload(session, upload_id, lock=True)
        if upload.state in WITHOUT_CONTENT:
            return await _certificate(session, upload_id)
        if await held_uploads(session, [upload_id]):
            raise DocumentHeld
        if named_by := await undecided_requests(session, upload_id):
            raise NamedByRequest(named_by)
        await move_upload(
            session,
            upload,
            DocumentState.DESTROYED,
            by=UploadActor(DocumentActor.OPERATIONS, by),
            now=now,
            ending=Ending(EndRule.ORDERED, said),
        )
        await session.flush()
        return await _certificate(session, upload_id)


async def _certificate(session: AsyncSession, upload_id: str) -> DestructionCertificate:
    found = await certificate_of(session, upload_id)
    if found is None:
        raise CertificateMissing
    return found


async def _destroy(now: datetime, some: _Some, kinds: Sequence[DocumentKind]) -> Destroyed:
    ended = Destroyed()
    async for upload, _ in _due(now, some, kinds):
        try:
            rule = await _destroy_one(upload.id, now)
        except Exception as error:
            if is_passing(error):
                raise
            ended.failed += 1
            _log(error)
            continue
        if rule is not None:
            ended.destroyed[upload.kind, rule] += 1
    return ended


async def _destroy_one(upload_id: str, now: datetime) -> EndRule | None:
    """By which rule it was destroyed; None where it does not end now, or somebody is at it."""
    async with transaction() as session:
        upload = await lock_if_free(session, upload_id)
        end = await _end(session, upload) if upload else None
        if upload is None or end is None or end.at > now:
            return None
        ending = Ending(end.rule)
        await move_upload(
            session, upload, DocumentState.DESTROYED, by=CLOCK, now=now, ending=ending
        )
        return end.rule


async def _end(session: AsyncSession, upload: Upload) -> DocumentEnd | None:
    """None while it does not end, or a hold covers it."""
    if await held_uploads(session, [upload.id]):
        return None
    lives = await lives_of(session, [upload])
    return end_of(lives[upload.id], current_policy().documents)


async def _due(
    now: datetime, some: _Some, kinds: Sequence[DocumentKind]
) -> AsyncIterator[tuple[Upload, DocumentEnd]]:
    """The uploads whose end has come, as they were read; nobody's row is locked."""
    policy = current_policy().documents
    for kind in kinds:
        after = ""
        while True:
            async with transaction() as session:
                uploads = await some(session, kind, now, Page(after, CHUNK))
                if not uploads:  # as nearly always: nothing more is asked
                    break
                lives = await lives_of(session, uploads)
                held = set(await held_uploads(session, [upload.id for upload in uploads]))
            for upload in uploads:
                end = end_of(lives[upload.id], policy)
                if end is not None and end.at <= now and upload.id not in held:
                    yield upload, end
            if len(uploads) < CHUNK:
                break
            after = uploads[-1].id


async def _old_enough(
    session: AsyncSession, kind: DocumentKind, now: datetime, page: Page
) -> list[Upload]:
    soonest = soonest_end(kind, current_policy().documents)
    return await uploads_old_enough(session, kind, soonest, now, page=page)


async def _decided(
    session: AsyncSession, kind: DocumentKind, _: datetime, page: Page
) -> list[Upload]:
    return await uploads_of_decided_requests(session, kind, page=page)


async def _left_in_store(after: str) -> list[str]:
    async with transaction() as session:
        return await left_in_store(session, after=after, limit=AT_ONCE)


async def _forgotten(here: Store, upload_ids: Sequence[str]) -> list[str]:
    """Those of them of which the store says that nothing is left."""

    async def forget(upload_id: str) -> bool:
        try:
            await here.delete(upload_id)
        except StoreAway:
            return False
        return True

    done = await asyncio.gather(*map(forget, upload_ids))
    return [each for each, is_gone in zip(upload_ids, done, strict=True) if is_gone]


def _log(error: Exception) -> None:
    """What sort of error, and where; its text may hold a row."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "a document that is due cannot be destroyed: %s at %s:%s",
        type(error).__name__,
        frame.filename.rpartition("/")[2],
        frame.lineno,
    )
