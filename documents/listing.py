"""What lies in a store, by document; and what of it nobody knows."""

import os
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import obstore

#: So many ids are asked for at once.
_BATCH = 500

#: Of these ids, those that have a row.
KnownDocuments = Callable[[Collection[str]], Awaitable[Collection[str]]]


async def orphans(found: AsyncIterable[str], known: KnownDocuments) -> AsyncIterator[str]:
    """The documents in a store that have no row: their upload was cut off by our own end.

    ``found`` is `documents.store.Store.documents_before`, of an instant so long ago that no upload
    is still on its way. Only reads.
    """
    batch: list[str] = []
    async for document_id in found:
        batch.append(document_id)
        if len(batch) == _BATCH:
            for each in await _unknown(batch, known):
                yield each
            batch = []
    for each in await _unknown(batch, known):
        yield each


async def _unknown(batch: list[str], known: KnownDocuments) -> list[str]:
    if not batch:
        return []
    with_row = set(await known(batch))
    return [each for each in batch if each not in with_row]


def in_folder(folder: Path) -> list[tuple[str, datetime]]:
    """Each document in a folder, and when it was last written to.

    What is removed, or gets its final name, while we look is left out: it is no orphan.
    """
    found = []
    with os.scandir(folder) as entries:
        for each in entries:
            with suppress(FileNotFoundError, NotADirectoryError):
                found.append((each.name, _newest(Path(each.path))))
    return found


def _newest(document: Path) -> datetime:
    files = list(document.iterdir())
    times = [each.stat().st_mtime for each in (document, *files)]
    return datetime.fromtimestamp(max(times), UTC)


async def by_document(
    batches: AsyncIterable[Sequence["obstore.ObjectMeta"]],
) -> AsyncIterator[tuple[str, datetime]]:
    """Each document of a listing in the order of names, and when it was last written to."""
    now: str | None = None
    newest = datetime.min.replace(tzinfo=UTC)
    async for batch in batches:
        for each in batch:
            document_id = each["path"].partition("/")[0]
            if document_id != now and now is not None:
                yield now, newest
                newest = datetime.min.replace(tzinfo=UTC)
            now, newest = document_id, max(newest, each["last_modified"])
    if now is not None:
        yield now, newest
