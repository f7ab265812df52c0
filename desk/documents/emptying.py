"""Emptying the store of what has lost its key: destroyed already, and now gone as well."""

import logging
from datetime import datetime

from desk.documents.shelf import store
from models.clock import database_now
from models.database import transaction
from models.documents.documents import Upload, find_upload
from rules.errors import Unavailable

logger = logging.getLogger("mumaris.documents")


async def emptied(upload: Upload, now: datetime | None = None) -> Upload:
    """The upload as it is once the store holds nothing of it; one that has its key is left alone.

    Again is harmless. Raises `documents.store.StoreAway`; then the sweep does it again.
    """
    if upload.wrapped_key is not None:
        return upload
    await store().delete(upload.id)
    async with transaction() as session:
        upload = await find_upload(session, upload.id, lock=True)
        if upload.content_removed_at is None:
            upload.content_removed_at = now or await database_now(session)
    return upload


async def emptied_if_it_can_be(upload: Upload, now: datetime | None = None) -> Upload:
    """The same, where nobody is to hear of a store that is away: the sweep does it later."""
    try:
        return await emptied(upload, now)
    except Unavailable as away:
        logger.warning("the store is emptied of %s later: %s", upload.id, type(away).__name__)
        return upload
