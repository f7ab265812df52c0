"""A document's pages, drawn and kept sealed beside its original."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from documents.faults import Note, Unusable
from documents.keys import MasterKeys
from documents.media_types import MediaType
from documents.receiving import ORIGINAL, content_of, object_name
from documents.rendering.child import render
from documents.rendering.limits import Limits
from documents.sealing import sealed
from documents.store import Store


@dataclass(frozen=True)
class Pages:
    """The pictures of a document, each kept as `page_name`."""

    count: int
    notes: frozenset[Note]
    #: What the original is now: a photograph is kept only as it was written anew.
    media_type: MediaType


async def make_pages(
    store: Store,
    keys: MasterKeys,
    *,
    document_id: str,
    wrapped_key: str,
    media_type: MediaType,
    limits: Limits,
) -> Pages | Unusable:
    """Draw a received document's pages and keep them. Repeated, it draws and keeps them again.

    A photograph's original becomes the upright picture without its EXIF; until then, and where
    this returns `Unusable`, what was sent is still there: who is told so deletes the document.
    Raises as `documents.receiving.content_of`, `documents.rendering.child.render` and
    `documents.store.Store.put`.
    """
    key = keys.unwrap(wrapped_key, document_id)

    async def put(what: str, picture: bytes) -> None:
        name = object_name(document_id, what)
        await store.put(name, sealed(_once(picture), key, name))

    async def keep(number: int, picture: bytes) -> None:
        await put(page_name(number), picture)
        if media_type is not MediaType.PDF:
            await put(ORIGINAL, picture)

    content = content_of(store, keys, document_id=document_id, wrapped_key=wrapped_key)
    told = await render(content, limits, keep)
    if isinstance(told, Unusable):
        return told
    kept_as = MediaType.PDF if media_type is MediaType.PDF else MediaType.JPEG
    return Pages(told.pages, told.notes, kept_as)


def page_name(number: int) -> str:
    """What `documents.receiving.content_of` calls a page; the first is number 1."""
    return f"page-{number}"


async def _once(picture: bytes) -> AsyncIterator[bytes]:
    yield picture
