import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from documents.faults import Fault, Unusable
from documents.keys import MasterKeys
from documents.media_types import USUAL, MediaType
from documents.receiving import Received, content_of, receive
from documents.sealing import ContentDamaged
from documents.store import Store
from support.documents import PDF_HEAD, cut, files_below, is_empty, kept, stream, whole

MIB = 2**20


async def received(
    store: Store, keys: MasterKeys, pieces: AsyncIterator[bytes], limit: int = MIB
) -> Received | Unusable:
    return await receive(pieces, store=store, keys=keys, limit_bytes=limit, accepted=USUAL)


async def test_a_document_is_read_back_as_it_was_sent(store: Store, keys: MasterKeys) -> None:
    """With its size, digest and type, found while it passed."""
    content = PDF_HEAD + os.urandom(3 * MIB)

    document = await kept(store, keys, content[:5], content[5:70_000], content[70_000:])

    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert (document.size_bytes, document.media_type) == (len(content), MediaType.PDF)
    read = content_of(
        store, keys, document_id=document.document_id, wrapped_key=document.wrapped_key
    )
    assert await whole(read) == content


async def test_nothing_of_the_content_lies_on_the_disk(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """Neither in a file nor in its name."""
    await kept(store, keys, PDF_HEAD, b"Amal Al-Harbi " * 10_000)

    (file,) = files_below(folder)
    assert b"Amal" not in file.read_bytes()
    assert b"PDF" not in file.read_bytes()[:64]
    assert file.name == "original"
    assert len(file.parent.name) == 32


async def test_a_file_of_exactly_the_limit_is_kept(store: Store, keys: MasterKeys) -> None:
    """The limit is what is allowed."""
    got = await received(store, keys, cut(PDF_HEAD + bytes(MIB - len(PDF_HEAD))))

    assert isinstance(got, Received)
    assert got.size_bytes == MIB


async def test_one_byte_over_the_limit_is_too_big(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """Nothing of it stays."""
    got = await received(store, keys, cut(PDF_HEAD + bytes(MIB + 1 - len(PDF_HEAD))))

    assert got == Unusable(Fault.TOO_BIG, {"limit_bytes": MIB})
    assert is_empty(folder)


async def test_reading_stops_at_the_limit(store: Store, keys: MasterKeys) -> None:
    """A stream that never ends is not read to its end."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        yield PDF_HEAD
        while True:
            read += 1
            yield bytes(64 * 1024)

    got = await received(store, keys, endless())

    assert got == Unusable(Fault.TOO_BIG, {"limit_bytes": MIB})
    assert read <= MIB // (64 * 1024) + 1


@pytest.mark.parametrize("pieces", [(), (b"",), (b"", b"")])
async def test_an_empty_file_is_told_as_empty(
    store: Store, keys: MasterKeys, folder: Path, pieces: tuple[bytes, ...]
) -> None:
    """Not as one of the wrong type."""
    assert await received(store, keys, stream(*pieces)) == Unusable(Fault.EMPTY)
    assert is_empty(folder)


@pytest.mark.parametrize(
    "head",
    [
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"<html><!-- %PDF-1.7 -->",
        b"\n%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00",
        b"%PD",
        b"\xff",
    ],
)
async def test_another_type_is_refused_by_its_first_bytes(
    store: Store, keys: MasterKeys, folder: Path, head: bytes
) -> None:
    """The rest is not read; PDF must begin at the first byte."""
    read = 0

    async def pieces() -> AsyncIterator[bytes]:
        nonlocal read
        for byte in head.ljust(16, b"\0"):
            read += 1
            yield bytes([byte])
        read += 1
        yield bytes(1000)

    got = await received(store, keys, pieces())

    assert got == Unusable(Fault.WRONG_TYPE)
    assert read == 16
    assert is_empty(folder)


async def test_a_type_that_policy_names_is_accepted(store: Store, keys: MasterKeys) -> None:
    """PNG and HEIC, where the caller says so."""
    png = stream(b"\x89PNG\r\n\x1a\n" + bytes(100))

    got = await receive(png, store=store, keys=keys, limit_bytes=MIB, accepted={MediaType.PNG})

    assert isinstance(got, Received)
    assert got.media_type is MediaType.PNG


class ConnectionCut(Exception):
    """The other end is gone."""


async def test_a_stream_that_breaks_leaves_nothing(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """Cut at half; the caller hears what happened to its stream."""

    async def half() -> AsyncIterator[bytes]:
        yield PDF_HEAD + bytes(MIB // 2)
        raise ConnectionCut

    with pytest.raises(ConnectionCut):
        await received(store, keys, half())

    assert is_empty(folder)


async def test_an_upload_that_is_cancelled_leaves_nothing(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """A server that is stopped cancels what it does."""
    begun = asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        yield PDF_HEAD + bytes(MIB // 2)
        begun.set()
        await asyncio.Event().wait()

    upload = asyncio.create_task(received(store, keys, waiting()))
    await begun.wait()
    upload.cancel()
    with pytest.raises(asyncio.CancelledError):
        await upload

    assert files_below(folder) == []


async def test_two_at_once_are_two_documents(store: Store, keys: MasterKeys) -> None:
    """The same bytes, each with an id and a key of its own."""
    one, other = await asyncio.gather(*(kept(store, keys, PDF_HEAD, bytes(MIB)) for _ in "ab"))

    assert one.sha256 == other.sha256
    assert one.document_id != other.document_id
    assert keys.unwrap(one.wrapped_key, one.document_id) != keys.unwrap(
        other.wrapped_key, other.document_id
    )


async def test_one_document_cannot_stand_for_another(
    store: Store, keys: MasterKeys, folder: Path
) -> None:
    """Who can move files in the store shows an officer nothing else than what was sent."""
    one, other = [await kept(store, keys, PDF_HEAD, bytes(n)) for n in (1000, 2000)]
    (folder / one.document_id / "original").replace(folder / other.document_id / "original")

    read = content_of(store, keys, document_id=other.document_id, wrapped_key=other.wrapped_key)
    with pytest.raises(ContentDamaged):
        await whole(read)
