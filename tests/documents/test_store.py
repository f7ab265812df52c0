import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from documents.keys import MasterKeys
from documents.listing import orphans
from documents.receiving import content_of
from documents.store import ContentMissing, NotAStoreAddress, Store, StoreAway
from support.documents import (
    ID,
    PDF_HEAD,
    files_below,
    is_empty,
    kept,
    put_a_file_there,
    stream,
    whole,
)
from support.scanner import listening

#: Receives a document into a folder, and says so when half of it is there.
UPLOAD = textwrap.dedent("""
    import asyncio, resource, signal, sys
    from documents.keys import MasterKeys, new_master_key
    from documents.media_types import USUAL
    from documents.receiving import receive
    from documents.store import Store, StoreAway

    async def pieces(wait):
        yield b"%PDF-1.7" + bytes(4 * 2**20)
        if wait:
            print("half", flush=True)
            await asyncio.Event().wait()

    async def main(address, what):
        if what == "full":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
        keys = MasterKeys.from_text(new_master_key())
        content = pieces(wait=what == "wait")
        try:
            await receive(content, store=Store.at(address), keys=keys, limit_bytes=2**30,
                          accepted=USUAL)
        except StoreAway as away:
            print(away, flush=True)

    asyncio.run(main(*sys.argv[1:]))
""")
SOON = timedelta(hours=1)


def in_a_process(folder: Path, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", UPLOAD, folder.as_uri(), what]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


async def nothing_known(ids: Collection[str]) -> Collection[str]:
    return ()


async def listed(store: Store, instant: datetime) -> list[str]:
    return [each async for each in orphans(store.documents_before(instant), nothing_known)]


@pytest.fixture(params=["folder", "memory"])
def any_store(request: pytest.FixtureRequest, folder: Path) -> Store:
    return Store.at(folder.as_uri() if request.param == "folder" else "memory:///")


async def test_what_was_put_is_read(any_store: Store) -> None:
    """In pieces, whole."""
    await any_store.put(f"{ID}/original", stream(bytes(10), bytes(400_000)))

    assert await whole(any_store.read(f"{ID}/original")) == bytes(400_010)


async def test_what_is_missing_is_told_as_missing(any_store: Store) -> None:
    """Not as a store that is away."""
    with pytest.raises(ContentMissing):
        await whole(any_store.read(f"{ID}/original"))


async def test_a_deleted_document_is_gone_with_all_its_objects(any_store: Store) -> None:
    """And no other document; deleting it again is no error."""
    other = ID[::-1]
    for name in (f"{ID}/original", f"{ID}/page-1", f"{other}/original"):
        await any_store.put(name, stream(b"content"))

    await any_store.delete(ID)
    await any_store.delete(ID)

    assert await listed(any_store, datetime.now(UTC) + SOON) == [other]
    with pytest.raises(ContentMissing):
        await whole(any_store.read(f"{ID}/page-1"))


async def test_several_remove_a_document_at_once(any_store: Store) -> None:
    """Each is told that it is gone, whoever was faster."""
    for _ in range(40):
        for name in (f"{ID}/original", f"{ID}/page-1"):
            await any_store.put(name, stream(b"content"))

        await asyncio.gather(*(any_store.delete(ID) for _ in range(4)))

        assert await listed(any_store, datetime.now(UTC) + SOON) == []


async def test_documents_are_listed_while_others_are_removed(any_store: Store) -> None:
    """What vanishes under the look is no orphan, and no error."""
    ids = [f"{number:032x}" for number in range(40)]
    for each in (ID, *ids):
        await any_store.put(f"{each}/original", stream(b"content"))

    looks, *_ = await asyncio.gather(
        asyncio.gather(*(listed(any_store, datetime.now(UTC) + SOON) for _ in range(20))),
        *(any_store.delete(each) for each in ids),
    )

    assert all(ID in found for found in looks)
    assert await listed(any_store, datetime.now(UTC) + SOON) == [ID]


async def test_orphans_are_old_and_unknown(any_store: Store, keys: MasterKeys) -> None:
    """What has a row stays, and so does what is still being received."""
    one, other = [await kept(any_store, keys, PDF_HEAD) for _ in "ab"]

    async def known(ids: Collection[str]) -> Collection[str]:
        return [each for each in ids if each == one.document_id]

    now = datetime.now(UTC)
    late = [each async for each in orphans(any_store.documents_before(now + SOON), known)]
    early = [each async for each in orphans(any_store.documents_before(now - SOON), known)]

    assert late == [other.document_id]
    assert early == []


async def test_many_orphans_are_asked_for_in_batches() -> None:
    """Each once, also where there are more than are asked for at once."""
    ids = [f"{number:032x}" for number in range(1201)]
    asked: list[int] = []

    async def found() -> AsyncIterator[str]:
        for each in ids:
            yield each

    async def known(batch: Collection[str]) -> Collection[str]:
        asked.append(len(batch))
        return [each for each in batch if int(each, 16) % 2]

    assert [each async for each in orphans(found(), known)] == ids[::2]
    assert asked == [500, 500, 201]


async def test_a_killed_upload_is_an_orphan(store: Store, folder: Path) -> None:
    """What it left has no name that is ever read; a sweep finds and removes it."""
    with in_a_process(folder, "wait") as upload:
        assert upload.stdout is not None
        assert upload.stdout.readline() == "half\n"
        upload.send_signal(signal.SIGKILL)
    (left,) = files_below(folder)
    assert left.name != "original"

    (orphan,) = await listed(store, datetime.now(UTC) + SOON)
    await store.delete(orphan)

    assert orphan == left.parent.name
    assert is_empty(folder)


def test_a_full_disk_is_told_and_nothing_is_kept(folder: Path) -> None:
    """Staged by the kernel's limit on a file's size, which ends a write as a full disk does."""
    with in_a_process(folder, "full") as upload:
        said, _ = upload.communicate()

    assert "nothing was kept" in said
    assert is_empty(folder)


async def test_a_folder_that_cannot_be_written_is_a_store_that_is_away(
    store: Store, folder: Path
) -> None:
    """A file stands where the folder was: also root cannot write there."""
    put_a_file_there(folder)

    with pytest.raises(StoreAway):
        await store.put(f"{ID}/original", stream(b"content"))


def test_a_folder_that_cannot_be_made_is_a_store_that_is_away(tmp_path: Path) -> None:
    """A disk that is not there, say; not an error that nobody expects."""
    (tmp_path / "file").touch()

    with pytest.raises(StoreAway):
        Store.at((tmp_path / "file" / "documents").as_uri())


async def test_a_bucket_that_answers_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was asked, over plain HTTP as its address says, and more than once."""
    asked: list[bytes] = []

    async def hangs_up(reader: StreamReader, _: StreamWriter) -> None:
        asked.append(await reader.readline())

    async with listening(hangs_up) as address:
        with pytest.raises(StoreAway):
            await put_into_a_bucket(address, monkeypatch)

    assert len([line for line in asked if line.startswith(b"POST /documents/mumaris/")]) > 1


async def put_into_a_bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT": f"http://{address}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_REGION": "none",
    }.items():
        monkeypatch.setenv(name, value)
    await Store.at("s3://documents/mumaris").put(f"{ID}/original", stream(b"content"))


@pytest.mark.parametrize(
    "address",
    ["", "documents", "file:///", "file://host/folder", "s3://", "gs://bucket", "https://x.org/a"],
)
def test_what_is_no_address_of_a_store_is_refused(address: str) -> None:
    """At start, not with the first upload."""
    with pytest.raises(NotAStoreAddress):
        Store.at(address)


def test_a_new_folder_is_for_our_user_alone(store: Store, folder: Path) -> None:
    """What is in it is sealed; how many there are is nobody's business either."""
    assert folder.stat().st_mode & 0o777 == 0o700


async def test_a_document_outlives_its_process(folder: Path, keys: MasterKeys) -> None:
    """Another store at the same address, with the same keys, reads it."""
    document = await kept(Store.at(folder.as_uri()), keys, PDF_HEAD, os.urandom(1000))

    again = Store.at(folder.as_uri())
    read = content_of(
        again, keys, document_id=document.document_id, wrapped_key=document.wrapped_key
    )

    assert len(await whole(read)) == document.size_bytes
