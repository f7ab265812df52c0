"""Files without a row: removed and said, by one of several, and never another database's."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import col, update

from desk.clock import utc_now
from desk.documents.orphans import StoreOfAnother, remove_orphans
from documents.store import Store, StoreAway
from models.database import transaction
from models.documents.documents import Upload
from models.last_times import LastTime
from rules.documents.states import DocumentState
from support.documents import ID, files_below, put_a_file_there, stream, there_is
from support.requests import NOW
from support.uploads import upload_row

DAYS = timedelta(days=2)


async def lies(folder: Path, document_id: str) -> None:
    """Something of this document is in the store."""
    await Store.at(folder.as_uri()).put(f"{document_id}/original", stream(b"sealed"))


async def known(folder: Path, **values: object) -> Upload:
    upload = await upload_row(**{"state": DocumentState.READY} | values)
    await lies(folder, upload.id)
    return upload


def there(folder: Path) -> set[str]:
    return {file.parent.name for file in files_below(folder)}


async def an_hour_passes() -> None:
    async with transaction() as session:
        past = col(LastTime.at) - timedelta(hours=1)
        await session.exec(update(LastTime).values(at=past))


async def test_a_file_without_a_row_is_removed_and_said(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What has a row stays; the log has the number, and no name."""
    upload = await known(folder)
    await lies(folder, ID)

    with caplog.at_level(logging.WARNING):
        assert await remove_orphans(now=utc_now() + DAYS) == 1

    assert there(folder) == {upload.id}
    assert caplog.messages == ["removed 1 files without a row from the documents' store"]


async def test_what_is_younger_than_a_day_may_still_get_its_row(folder: Path) -> None:
    """An upload that is on its way is not taken from under it."""
    await known(folder)
    await lies(folder, ID)

    assert await remove_orphans(now=utc_now()) == 0
    assert ID in there(folder)


async def test_what_came_to_the_store_after_it_was_emptied_is_removed(folder: Path) -> None:
    """A page of a destroyed document: its process died before it could look again."""
    upload = await known(folder)
    late = await known(folder, state=DocumentState.DESTROYED, content_removed_at=NOW)
    ended = await known(folder, state=DocumentState.DESTROYED)

    assert await remove_orphans(now=utc_now() + DAYS) == 1
    assert there(folder) == {upload.id, ended.id} != {late.id}


@pytest.mark.parametrize("name", ["lost+found", "backup", ID.upper(), ID + "0"])
async def test_what_is_no_document_is_not_ours_to_remove(name: str, folder: Path) -> None:
    """Whoever keeps something beside our files keeps it."""
    await known(folder)
    await lies(folder, name)

    assert await remove_orphans(now=utc_now() + DAYS) == 0
    assert name in there(folder)


async def test_another_database_s_store_is_left_alone(folder: Path) -> None:
    """A copy for trying things out that names the real store by mistake."""
    upload = await known(folder)
    others = {f"{number:032x}" for number in range(3)}
    for each in others:
        await lies(folder, each)

    with pytest.raises(StoreOfAnother, match="3 documents without a row and 1 with one"):
        await remove_orphans(now=utc_now() + DAYS)

    assert there(folder) == {upload.id, *others}


async def test_where_nobody_sent_a_file_no_store_is_looked_at(folder: Path) -> None:
    """An installation without documents has no folder of them."""
    assert await remove_orphans(now=utc_now() + DAYS) == 0
    assert not there_is(folder)


async def test_it_is_done_once_an_hour_in_the_whole_installation(folder: Path) -> None:
    """Several workers at once: one of them."""
    await known(folder)
    await lies(folder, ID)
    now = utc_now() + DAYS

    done = await asyncio.gather(*(remove_orphans(now=now) for _ in range(4)))
    await lies(folder, ID)
    soon = await remove_orphans(now=now)
    await an_hour_passes()
    later = await remove_orphans(now=now)

    assert (sorted(done), soon, later) == ([0, 0, 0, 1], 0, 1)


async def test_a_store_that_is_away_is_told_and_asked_again(folder: Path) -> None:
    """In an hour."""
    await known(folder)
    put_a_file_there(folder)

    with pytest.raises(StoreAway):
        await remove_orphans(now=utc_now() + DAYS)
    await an_hour_passes()
    with pytest.raises(StoreAway):
        await remove_orphans(now=utc_now() + DAYS)
