"""Where sealed objects lie: a folder, a bucket that speaks S3, or memory, behind one interface.

A document is a folder of objects: ``<id>/original``, ``<id>/page-1``. Ids are random; no name says
whose it is or what. An object appears whole or not at all: it is written under another name and
renamed, or sent in parts and then assembled.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore, ObjectStore, S3Store, from_url

from documents.listing import by_document, in_folder
from rules.errors import Misconfigured, NotFound, Unavailable

#: S3 takes no smaller parts, but for the last one.
_S3_PART_BYTES = 5 * 1024 * 1024
#: As much as is sealed together, so that a part waits for no second hand-over.
_PART_BYTES = 512 * 1024
_READ_BYTES = 128 * 1024
#: A request of ours waits no longer: its applicant is told to come back.
_PATIENCE = timedelta(seconds=20)


class StoreAway(Unavailable):
    """The documents' store cannot be reached, is full, or refuses us; nothing was kept."""


class ContentMissing(NotFound):
    """The documents' store holds no such object."""


class NotAStoreAddress(Misconfigured):
    """MUMARIS_DOCUMENTS is not an address such as file:///srv/documents or s3://bucket/folder."""


class Store:
    """Objects by name. Made by `Store.at`."""

    def __init__(self, objects: ObjectStore, *, part_bytes: int, folder: Path | None) -> None:
        self._objects = objects
        self._part_bytes = part_bytes
        self._folder = folder

    @classmethod
    def at(cls, address: str) -> Self:
        """The store at this address; raises `NotAStoreAddress`, which quotes nothing of it.

        A folder is made where there is none, for our user alone; where it cannot be, `StoreAway` is
        raised. Keys and regions of a bucket come from the environment, as AWS's own tools read them
        (``AWS_ENDPOINT`` for another server).
        """
        parts = urlsplit(address)
        if parts.scheme == "file" and not parts.netloc and parts.path not in {"", "/"}:
            folder = Path(unquote(parts.path))
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise StoreAway from error
            return cls(LocalStore(folder, mkdir=True), part_bytes=_PART_BYTES, folder=folder)
        if parts.scheme == "memory":
            return cls(MemoryStore(), part_bytes=_PART_BYTES, folder=None)
        if parts.scheme == "s3" and parts.netloc:
            return cls(_bucket(address), part_bytes=_S3_PART_BYTES, folder=None)
        raise NotAStoreAddress

    async def put(self, name: str, content: AsyncIterator[bytes | bytearray]) -> None:
        """Keep this content under this name, on the disk when this returns.

        Raises `StoreAway`, and whatever the content raises; then nothing is kept. Cancelling it
        keeps nothing either. A process that is killed leaves what `documents_before` tells.
        """
        pieces = _Stoppable(content)
        try:
            putting = asyncio.ensure_future(self._put(name, pieces))
            try:
                await asyncio.shield(putting)
            except asyncio.CancelledError:
                pieces.stop()
                await _ended(putting)
                raise
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder, name)
        except (BaseError, OSError) as error:
            raise StoreAway from error

    async def _put(self, name: str, pieces: "_Stoppable") -> None:
        await obstore.put_async(
            self._objects,
            name,
            pieces,
            use_multipart=True,
            chunk_size=self._part_bytes,
            max_concurrency=1,
        )

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """The object's bytes, piece by piece; raises `ContentMissing`, `StoreAway`."""
        try:
            found = await obstore.get_async(self._objects, name)
            async for piece in found.stream(min_chunk_size=_READ_BYTES):
                yield bytes(piece)
        except (NotFoundError, FileNotFoundError):
            raise ContentMissing from None
        except (BaseError, OSError) as error:
            raise StoreAway from error

    async def names(self) -> AsyncIterator[str]:
        """The name of every object; raises `StoreAway`."""
        try:
            async for batch in obstore.list(self._objects):
                for each in batch:
                    yield each["path"]
        except (BaseError, OSError) as error:
            raise StoreAway from error

    async def delete(self, document_id: str) -> None:
        """Remove all objects of a document, and what was left of one; none is no error.

        Nor is another who removes it at the same time. Raises `StoreAway`; then some may be left,
        and it is to be done again.
        """
        try:
            if self._folder is not None:
                await asyncio.to_thread(_remove, self._folder, document_id)
                return
            async for batch in obstore.list(self._objects, prefix=document_id):
                await obstore.delete_async(self._objects, [each["path"] for each in batch])
        except (BaseError, OSError) as error:
            raise StoreAway from error

    async def documents_before(self, instant: datetime) -> AsyncIterator[str]:
        """The ids of documents that nothing was written to since; raises `StoreAway`.

        In a folder, what a killed process left unfinished is told as well. A bucket keeps
        unfinished parts to itself: give it a rule that ends them after a day.
        """
        try:
            if self._folder is not None:
                for document_id, newest in await asyncio.to_thread(in_folder, self._folder):
                    if newest < instant:
                        yield document_id
                return
            async for document_id, newest in by_document(obstore.list(self._objects)):
                if newest < instant:
                    yield document_id
        except (BaseError, OSError) as error:
            raise StoreAway from error


class _Stopped(Exception):
    """Nobody waits for the content any more."""


class _Stoppable:
    """Content that breaks when it is stopped, also while it waits for its next piece.

    obstore clears up after content that breaks. A put that is cancelled it leaves as it is: parts
    in a bucket, which nothing lists, and a reader that waits for ever (tried with 0.12.1).
    """

    def __init__(self, content: AsyncIterator[bytes | bytearray]) -> None:
        self._content = content
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        self._stopped.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes | bytearray:
        piece = asyncio.ensure_future(anext(self._content))
        stopped = asyncio.ensure_future(self._stopped.wait())
        await asyncio.wait({piece, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            piece.cancel()
            await _ended(piece)
            raise _Stopped
        stopped.cancel()
        return piece.result()


async def _ended(task: asyncio.Future[Any]) -> None:
    """Wait for its end, and hear how it ended: asyncio tells the log of what nobody heard."""
    await asyncio.wait({task})
    if not task.cancelled():
        task.exception()


def _bucket(address: str) -> ObjectStore:
    try:
        store = from_url(
            address,
            client_options={
                "timeout": _PATIENCE,
                "connect_timeout": timedelta(seconds=5),
                # Who names http:// means it; what passes is sealed and signed. Options given
                # here undo AWS_ALLOW_HTTP.
                "allow_http": True,
            },
            retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
        )
    except (BaseError, ValueError):
        raise NotAStoreAddress from None
    if not isinstance(store, S3Store):
        raise NotAStoreAddress
    return store


def _settle(folder: Path, name: str) -> None:
    """The store renames without waiting for the disk; we tell people that their file is kept."""
    kept = folder / name
    for path in (kept, kept.parent, folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove(folder: Path, document_id: str) -> None:
    """The folder of one document, with unfinished files, which the store itself does not list."""
    left = folder / document_id
    while left.is_dir():
        with suppress(FileNotFoundError):  # somebody else removes it too: what is left is next
            shutil.rmtree(left)
