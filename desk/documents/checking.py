"""Checking a received document: scanned, then drawn. Each step can be done again."""

from datetime import datetime

from desk.clock import utc_now
from desk.documents.shelf import Shelf, drawing_limits, shelf
from desk.policy import current_policy
from documents.faults import Unusable
from documents.media_types import MediaType
from documents.pages import make_pages
from documents.receiving import content_of
from documents.scanning import Clean, Found, Unknown, scan
from models.database import transaction
from models.documents.documents import Upload, find_upload
from models.documents.door import RENDERER, SCANNER, Ending, move_upload
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState

_SCAN_FIRST = frozenset({DocumentState.RECEIVED, DocumentState.UNSCANNED})


async def check(upload_id: str, *, now: datetime | None = None) -> Upload:
    """Bring this document as far as can be: to ready, or to what stands in its way.

    What is decided already is not decided again. Nothing unknown is taken as clean: where a scanner
    is configured and gave no answer, the document waits, and this is to be called again.
    Raises `documents.store.StoreAway` and as `documents.rendering.child.render`; then it stays
    where it was.
    """
    now = now or utc_now()
    here = shelf()
    async with transaction() as session:
        upload = await find_upload(session, upload_id)
    if upload.state in _SCAN_FIRST:
        upload = await _scan(here, upload, now)
    if upload.state is DocumentState.CLEAN or _may_be_drawn_unscanned(here, upload):
        upload = await _draw(here, upload, now)
    return upload


def _may_be_drawn_unscanned(here: Shelf, upload: Upload) -> bool:
    return (
        upload.state is DocumentState.UNSCANNED
        and here.scanner is None
        and current_policy().documents.unscanned == "accept"
    )


async def _scan(here: Shelf, upload: Upload, now: datetime) -> Upload:
    answer = await scan(
        content_of(
            here.store, here.keys, document_id=upload.id, wrapped_key=str(upload.wrapped_key)
        ),
        here.scanner,
        here.scan_seconds,
    )
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.state not in _SCAN_FIRST:
            return upload
        upload.checked_at = now
        match answer:
            case Clean():
                upload.scan = "clean"
                await move_upload(session, upload, DocumentState.CLEAN, by=SCANNER, now=now)
            case Found(name):
                upload.scan, upload.scan_found = "found", name
                ending = Ending(EndRule.SUSPECT)
                await move_upload(
                    session, upload, DocumentState.SUSPECT, by=SCANNER, now=now, ending=ending
                )
            case Unknown(why):
                upload.scan = why
                if upload.state is DocumentState.RECEIVED:
                    await move_upload(session, upload, DocumentState.UNSCANNED, by=SCANNER, now=now)
    return await _emptied(here, upload, now)


async def _draw(here: Shelf, upload: Upload, now: datetime) -> Upload:
    made = await make_pages(
        here.store,
        here.keys,
        document_id=upload.id,
        wrapped_key=str(upload.wrapped_key),
        media_type=MediaType(upload.media_type),
        limits=drawing_limits(),
    )
    was = upload.state
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.state is not was:
            return upload
        upload.checked_at = now
        if isinstance(made, Unusable):
            upload.fault, upload.fault_facts = made.fault, dict(made.facts)
            ending = Ending(EndRule.UNREADABLE)
            await move_upload(
                session, upload, DocumentState.UNREADABLE, by=RENDERER, now=now, ending=ending
            )
        else:
            upload.pages, upload.notes = made.count, sorted(made.notes)
            upload.media_type = made.media_type
            await move_upload(session, upload, DocumentState.READY, by=RENDERER, now=now)
    return await _emptied(here, upload, now)


async def _emptied(here: Shelf, upload: Upload, now: datetime) -> Upload:
    """The store holds nothing of what has lost its key."""
    if upload.wrapped_key is not None:
        return upload
    await here.store.delete(upload.id)
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        upload.content_removed_at = now
    return upload
