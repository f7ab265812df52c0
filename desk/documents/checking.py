"""Checking a received document: scanned, then drawn. Each step can be done again."""

from collections.abc import Collection
from datetime import datetime

from desk.documents.emptying import emptied_if_it_can_be
from desk.documents.shelf import Shelf, drawing_limits, drawing_slots, shelf
from desk.policy import current_policy
from documents.faults import Unusable
from documents.media_types import MediaType
from documents.pages import Pages, make_pages
from documents.receiving import content_of
from documents.scanning import Clean, Found, Scan, Unknown, scan
from documents.store import ContentMissing
from models.clock import database_now
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.documents.door import RENDERER, SCANNER, Ending, move_upload
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState

_SCAN_FIRST = frozenset({DocumentState.RECEIVED, DocumentState.UNSCANNED})


async def check(upload_id: str, *, now: datetime | None = None) -> Upload:
    """Bring this document as far as can be: to ready, or to what stands in its way.

    What is decided already is not decided again; what ends meanwhile stays as it ended. Nothing
    unknown is taken as clean: where a scanner is configured and gave no answer, the document waits,
    and the sweep calls this again. Raises as `documents.receiving.content_of` and
    `documents.rendering.child.render`; then it stays where it was.
    """
    async with transaction() as session:
        upload = await find_upload(session, upload_id)
    try:
        upload = await _checked(shelf(), upload, now)
    except ContentMissing:
        async with transaction() as session:
            upload = await find_upload(session, upload_id)
        if upload.wrapped_key is not None:
            raise
    # Also what ended meanwhile: a page may have come to the store after it had been emptied.
    return await emptied_if_it_can_be(upload, now)


async def _checked(here: Shelf, upload: Upload, now: datetime | None) -> Upload:
    if upload.state in _SCAN_FIRST:
        upload = await _scan(here, upload, now)
    if upload.state is DocumentState.CLEAN or _may_be_drawn_unscanned(here, upload):
        # Who waits for a slot holds the document no longer than one drawing takes.
        async with drawing_slots():
            upload = await _draw(here, upload, now)
    return upload


def _may_be_drawn_unscanned(here: Shelf, upload: Upload) -> bool:
    return (
        upload.state is DocumentState.UNSCANNED
        and here.scanner is None
        and current_policy().documents.unscanned == "accept"
    )


async def _scan(here: Shelf, upload: Upload, now: datetime | None) -> Upload:
    upload, begun = await _begin(upload, _SCAN_FIRST, now)
    if not begun:
        return upload
    content = content_of(
        here.store, here.keys, document_id=upload.id, wrapped_key=str(upload.wrapped_key)
    )
    answer = await scan(content, here.scanner, here.scan_seconds)
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.state in _SCAN_FIRST:
            at = now or await database_now(session)
            state, ending = _told_by(answer, upload)
            if state is not upload.state:
                await move_upload(session, upload, state, by=SCANNER, now=at, ending=ending)
    return upload


def _told_by(answer: Scan, upload: Upload) -> tuple[DocumentState, Ending | None]:
    """Note what the scanner said; where the document comes to stand by that."""
    match answer:
        case Clean():
            upload.scan = "clean"
            return DocumentState.CLEAN, None
        case Found(name):
            upload.scan, upload.scan_found = "found", name
            return DocumentState.SUSPECT, Ending(EndRule.SUSPECT)
        case Unknown(why):
            upload.scan = why
            return DocumentState.UNSCANNED, None


async def _draw(here: Shelf, upload: Upload, now: datetime | None) -> Upload:
    was = upload.state
    upload, begun = await _begin(upload, {was}, now)
    if not begun:
        return upload
    made = await make_pages(
        here.store,
        here.keys,
        document_id=upload.id,
        wrapped_key=str(upload.wrapped_key),
        media_type=MediaType(upload.media_type),
        limits=drawing_limits(),
    )
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.state is was:
            at = now or await database_now(session)
            state, ending = _told_of_pages(made, upload)
            await move_upload(session, upload, state, by=RENDERER, now=at, ending=ending)
    return upload


def _told_of_pages(made: Pages | Unusable, upload: Upload) -> tuple[DocumentState, Ending | None]:
    """Note what drawing showed; where the document comes to stand by that."""
    if isinstance(made, Unusable):
        upload.fault, upload.fault_facts = made.fault, dict(made.facts)
        return DocumentState.UNREADABLE, Ending(EndRule.UNREADABLE)
    upload.pages, upload.notes = made.count, sorted(made.notes)
    upload.media_type = made.media_type
    return DocumentState.READY, None


async def _begin(
    upload: Upload, where: Collection[DocumentState], now: datetime | None
) -> tuple[Upload, bool]:
    """Note that a step of checking begins, so that no other process begins it; whether it does."""
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.state not in where:
            return upload, False
        # Who was called before a long wait does not give it up earlier.
        upload.checked_at = max(upload.checked_at, now or await database_now(session))
    return upload, True
