"""A file on its way in: counted, digested, told apart and sealed while it is read."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterable, AsyncIterator, Collection
from dataclasses import dataclass

from documents.faults import Fault, Unusable
from documents.keys import DocumentKey, MasterKeys
from documents.media_types import HEAD_BYTES, MediaType, media_type
from documents.sealing import opened, sealed
from documents.store import Store

ORIGINAL = "original"


@dataclass(frozen=True)
class Received:
    """A file that is kept, sealed, and on the disk. Whether it can be shown is not known yet."""

    #: 32 hexadecimal digits, random.
    document_id: str
    wrapped_key: str
    sha256: str
    size_bytes: int
    media_type: MediaType


async def receive(
    stream: AsyncIterable[bytes],
    *,
    store: Store,
    keys: MasterKeys,
    limit_bytes: int,
    accepted: Collection[MediaType],
) -> Received | Unusable:
    """Keep what this stream brings, under a new id; twice is two documents.

    Reading stops with the first byte over the limit, and with the first bytes where the type is not
    accepted; the rest of the stream is not read. Holds about two megabytes (in a bucket, two parts
    of 5 MiB). Raises `documents.store.StoreAway`, and whatever the stream raises. Where it
    returns no `Received`, nothing is kept, unless this process was killed: see `listing.orphans`.
    """
    document_id = secrets.token_hex(16)
    key = DocumentKey.new()
    name = object_name(document_id, ORIGINAL)
    passing = _Passing(stream, limit_bytes, accepted)
    kept = False
    try:
        await store.put(name, sealed(passing.content(), key, name))
        kept = True
    except _Stopped as stopped:
        return stopped.unusable
    finally:
        if not kept:
            await _remove(store, document_id)
    return Received(
        document_id=document_id,
        wrapped_key=keys.wrap(key, document_id),
        sha256=passing.digest.hexdigest(),
        size_bytes=passing.size_bytes,
        media_type=passing.media_type,
    )


def content_of(
    store: Store, keys: MasterKeys, *, document_id: str, wrapped_key: str, what: str = ORIGINAL
) -> AsyncIterator[bytes]:
    """The original, or what else was kept of a document, piece by piece.

    Raises `documents.store.ContentMissing`, `documents.store.StoreAway`,
    `documents.sealing.ContentDamaged`, and as `MasterKeys.unwrap`.
    """
    name = object_name(document_id, what)
    return opened(store.read(name), keys.unwrap(wrapped_key, document_id), name)


def object_name(document_id: str, what: str) -> str:
    """Where a document's original or page lies in the store."""
    return f"{document_id}/{what}"


async def _remove(store: Store, document_id: str) -> None:
    """Also where we are being cancelled: the removal goes on."""
    await asyncio.shield(asyncio.ensure_future(store.delete(document_id)))


class _Stopped(Exception):
    """The rest of the stream is not wanted."""

    def __init__(self, fault: Fault, **facts: int) -> None:
        super().__init__(fault)
        self.unusable = Unusable(fault, facts)


class _Passing:
    """What is learnt of a file as it passes."""

    #: Known when the content has passed.
    media_type: MediaType

    def __init__(
        self, stream: AsyncIterable[bytes], limit_bytes: int, accepted: Collection[MediaType]
    ) -> None:
        self._stream = stream
        self._limit_bytes = limit_bytes
        self._accepted = accepted
        self._head = b""
        self.size_bytes = 0
        self.digest = hashlib.sha256()

    async def content(self) -> AsyncIterator[bytes]:
        """The stream as it is, until something is found against it."""
        async for piece in self._stream:
            self.size_bytes += len(piece)
            if self.size_bytes > self._limit_bytes:
                raise _Stopped(Fault.TOO_BIG, limit_bytes=self._limit_bytes)
            self._look_at_head(piece)
            self.digest.update(piece)
            yield piece
        if not self.size_bytes:
            raise _Stopped(Fault.EMPTY)
        if len(self._head) < HEAD_BYTES:
            self._tell_type()

    def _look_at_head(self, piece: bytes) -> None:
        if len(self._head) < HEAD_BYTES:
            self._head += piece[: HEAD_BYTES - len(self._head)]
            if len(self._head) == HEAD_BYTES:
                self._tell_type()

    def _tell_type(self) -> None:
        found = media_type(self._head)
        if found is None or found not in self._accepted:
            raise _Stopped(Fault.WRONG_TYPE)
        self.media_type = found
