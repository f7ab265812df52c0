"""What tests of documents share: a store of their own, keys, and streams."""

import shutil
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from documents.keys import MasterKeys, new_master_key
from documents.media_types import USUAL
from documents.receiving import Received, receive
from documents.store import Store

#: The smallest thing that is taken for a PDF while it is received.
PDF_HEAD = b"%PDF-1.7\n" + bytes(16)
ID = "0123456789abcdef0123456789abcdef"


def master_keys() -> MasterKeys:
    return MasterKeys.from_text(new_master_key())


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    """These pieces, as they come from a network."""
    for piece in pieces:
        yield piece


async def cut(content: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def kept(store: Store, keys: MasterKeys, *pieces: bytes) -> Received:
    """A document that is received without complaint."""
    received = await receive(
        stream(*pieces), store=store, keys=keys, limit_bytes=2**30, accepted=USUAL
    )
    assert isinstance(received, Received)
    return received


def files_below(folder: Path) -> Iterable[Path]:
    """Every file, also one that is not finished."""
    return [path for path in folder.rglob("*") if path.is_file()]


def there_is(path: Path) -> bool:
    return path.exists()


def is_empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def put_a_file_there(folder: Path) -> None:
    """Where a folder was, with all that was in it."""
    shutil.rmtree(folder)
    folder.write_bytes(b"")
