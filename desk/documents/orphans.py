"""What lies in the store and has no row: an upload whose process died before it was kept.

Its key died with that process, so that nobody can read it; it only takes room.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from desk.documents.shelf import store
from documents.listing import orphans
from models.database import transaction
from models.documents.documents import has_uploads, known_uploads
from models.last_times import Recurring, take_turn
from rules.errors import Misconfigured
from rules.values.document_id import is_document_id

logger = logging.getLogger("mumaris.documents")

#: No upload takes so long: what is younger may still be on its way to its row.
OLD = timedelta(days=1)
#: A bucket is listed in thousands; that is not done every few seconds.
_EVERY = timedelta(hours=1)


class StoreOfAnother(Misconfigured):
    """The documents' store holds more without a row than with one; nothing was removed."""

    def __init__(self, without: int, known: int) -> None:
        super().__init__(
            f"the documents' store holds {without} documents without a row and {known} with one: "
            "is it another database's? Nothing was removed"
        )


async def remove_orphans(*, now: datetime) -> int:
    """Remove what is older than a day and has no row, and say so in the log; how many.

    Once an hour in the whole installation, and not before its first document. Raises
    `documents.store.StoreAway`, and `StoreOfAnother` where most of what is there is unknown: then
    this database and this store do not belong together (a copy for trying things out, a backup),
    and each of the files may be somebody's.
    """
    async with transaction() as session:
        if not await has_uploads(session):
            return 0
        if not await take_turn(session, Recurring.ORPHANED_FILES, every=_EVERY):
            return 0
    known = 0

    async def with_row(ids: Collection[str]) -> Collection[str]:
        """Also what has another name than a document: it is not ours to remove."""
        nonlocal known
        async with transaction() as session:
            found = await known_uploads(session, list(filter(is_document_id, ids)))
        known += len(found)
        return found | {each for each in ids if not is_document_id(each)}

    without = [each async for each in orphans(store().documents_before(now - OLD), with_row)]
    if len(without) > known:
        raise StoreOfAnother(len(without), known)
    for document_id in without:
        await store().delete(document_id)
    if without:
        logger.warning("removed %d files without a row from the documents' store", len(without))
    return len(without)
