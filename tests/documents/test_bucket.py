"""Documents in a bucket, on a real server that speaks S3."""

import asyncio
import os
from collections.abc import AsyncIterator, Collection, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from documents.keys import MasterKeys
from documents.listing import orphans
from documents.receiving import content_of
from documents.store import ContentMissing, Store, StoreAway
from support.bucket import Bucket, serving_s3
from support.documents import ID, PDF_HEAD, cut, kept, stream, whole

MIB = 2**20
#: More than two parts of a bucket.
LARGE = 12 * MIB


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    """One for these tests."""
    with serving_s3() as bucket:
        yield bucket


@pytest.fixture
def bucket(server: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket that the environment leads to."""
    server.make()
    server.name_in(monkeypatch)
    return server


@pytest.fixture
def store(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The store in it."""
    return Store.at(bucket.name_in(monkeypatch))


@pytest.mark.parametrize("size", [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, LARGE])
async def test_what_was_put_is_read(store: Store, bucket: Bucket, size: int) -> None:
    """In one part or several, and no part is left over."""
    content = os.urandom(size)

    await store.put(f"{ID}/original", cut(content))

    assert await whole(store.read(f"{ID}/original")) == content
    assert not bucket.holds_parts()


async def test_a_document_is_read_back_as_it_was_sent(store: Store, keys: MasterKeys) -> None:
    """Sealed on its way: what the bucket holds is nothing of it."""
    content = b"Amal Al-Harbi " * 10_000
    document = await kept(store, keys, PDF_HEAD, content)
    which = {"document_id": document.document_id, "wrapped_key": document.wrapped_key}

    lies_there = await whole(store.read(f"{document.document_id}/original"))

    assert await whole(content_of(store, keys, **which)) == PDF_HEAD + content
    assert b"Amal" not in lies_there


async def test_a_deleted_document_is_gone_with_all_its_objects(
    store: Store, bucket: Bucket
) -> None:
    """Deleting it again is no error; reading it tells that it is missing."""
    for name in ("original", "page-1", "page-2"):
        await store.put(f"{ID}/{name}", stream(b"content"))

    await store.delete(ID)
    await store.delete(ID)

    assert not bucket.holds()
    with pytest.raises(ContentMissing):
        await whole(store.read(f"{ID}/page-1"))


async def test_orphans_are_old_and_unknown(store: Store) -> None:
    """Those before an instant, and of them those without a row."""
    ids = [f"{number:032x}" for number in range(3)]
    for each in ids:
        await store.put(f"{each}/original", stream(b"content"))
    now = datetime.now(UTC)

    late, early = [
        [each async for each in orphans(store.documents_before(instant), knows_the_second)]
        for instant in (now + timedelta(hours=1), now - timedelta(hours=1))
    ]

    assert (late, early) == ([ids[0], ids[2]], [])


async def knows_the_second(ids: Collection[str]) -> Collection[str]:
    return [each for each in ids if each.endswith("1")]


class ConnectionCut(Exception):
    """The other end is gone."""


async def test_content_that_breaks_leaves_no_parts(store: Store, bucket: Bucket) -> None:
    """Some parts were in the bucket by then."""

    async def broken() -> AsyncIterator[bytes]:
        for _ in range(LARGE // MIB):
            yield bytes(MIB)
        assert bucket.holds_parts()
        raise ConnectionCut

    with pytest.raises(ConnectionCut):
        await store.put(f"{ID}/original", broken())

    assert not bucket.holds_parts()
    assert not bucket.holds()


async def test_a_put_that_is_cancelled_leaves_no_parts(store: Store, bucket: Bucket) -> None:
    """Nobody lists them, and they are paid for; and nothing waits for more content."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def waiting() -> AsyncIterator[bytes]:
        try:
            for _ in range(LARGE // MIB):
                yield bytes(MIB)
            begun.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    putting = asyncio.create_task(store.put(f"{ID}/original", waiting()))
    await begun.wait()
    assert bucket.holds_parts()
    putting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await putting

    assert ended.is_set()
    assert not bucket.holds_parts()
    assert not bucket.holds()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_bucket_that_is_not_there_is_a_store_that_is_away(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was kept, and the sender comes back later."""
    bucket.name_in(monkeypatch)

    with pytest.raises(StoreAway):
        await Store.at("s3://no-such-bucket/mumaris").put(f"{ID}/original", stream(b"content"))
