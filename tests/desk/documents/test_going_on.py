"""What was interrupted goes on: with the scanner back, after a death, by one of several passes."""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk.documents import checking
from desk.documents.adding import add
from desk.documents.checking import check
from desk.documents.faults import what_stands_in_the_way
from desk.documents.going_on import check_waiting
from desk.documents.shelf import shelf
from desk.documents.taking_back import take_back
from documents.pages import Pages, make_pages
from documents.store import StoreAway
from models.documents.documents import Upload
from rules.documents.retention import EndRule
from rules.documents.states import DocumentState
from rules.values.document_kind import DocumentKind
from support.document_files import EXAMPLES
from support.documents import files_below, stream, there_is
from support.faults import until
from support.people import NOURA
from support.policies import policy_with
from support.requests import NOW
from support.scanner import (
    EICAR,
    Behaviour,
    content_of,
    deaf,
    hanging,
    listening,
    saying,
    saying_early,
    stand_in,
)
from support.shelved import certificates
from support.uploads import all_uploads, load_upload, upload_row

pytestmark = pytest.mark.usefixtures("folder")
LETTER = EXAMPLES / "employer-letter.pdf"
MINE = NOURA["registration_number"]
LATER = NOW + timedelta(hours=1)
#: Nobody answers there.
NOBODY = "127.0.0.1:9"


@asynccontextmanager
async def scanner(behaviour: Behaviour, *, seconds: str = "60") -> AsyncIterator[None]:
    """A scanner that behaves so is named by the environment."""
    async with listening(behaviour) as address:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MUMARIS_CLAMD", address)
            patch.setenv("MUMARIS_SCAN_SECONDS", seconds)
            yield


async def sent(content: Any = LETTER, *, now: datetime = NOW) -> Upload:
    return await add(content, kind=DocumentKind.EMPLOYER_LETTER, owner=MINE, now=now)


@pytest.fixture
def scanner_away(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is named, and cannot be reached."""
    monkeypatch.setenv("MUMARIS_CLAMD", NOBODY)


async def test_where_nobody_sent_a_file_nothing_is_done(folder: Path) -> None:
    """No store is looked for, and no folder made."""
    assert await check_waiting(now=NOW) == 0
    assert not there_is(folder)


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (hanging, "slow"),
        (deaf, "slow"),
        (saying(b""), "away"),
        (saying(b"stream: OK"), "nonsense"),
        (saying(b"HTTP/1.1 200 OK\r\n\r\n\0"), "nonsense"),
        (saying_early(b"stream: OK\0"), "nonsense"),
        (saying(b"INSTREAM size limit exceeded. ERROR\0"), "not_looked"),
    ],
)
async def test_what_a_scanner_does_not_say_is_not_taken_as_clean(
    behaviour: Behaviour, why: str
) -> None:
    """Kept, and waiting, though policy takes what no scanner is there to look at; then it goes on.

    The person reads that it is still being checked.
    """
    async with scanner(behaviour, seconds="1"):
        upload = await sent(stream(LETTER.read_bytes(), bytes(3 * 2**20), b"%%EOF"))
    assert (upload.state, upload.scan) == (DocumentState.UNSCANNED, why)
    assert getattr(what_stands_in_the_way(upload), "code", "") == "document_being_checked"

    async with scanner(stand_in):
        assert await check_waiting(now=LATER) == 1

    ready = await load_upload(upload.id)
    assert (ready.state, ready.scan) == (DocumentState.READY, "clean")


async def test_what_a_scanner_finds_is_destroyed_at_once(folder: Path) -> None:
    """With a certificate; officers learn its name, the person that it may do harm."""
    async with scanner(stand_in):
        upload = await sent(stream(b"%PDF-1.7\n%" + bytes(20), EICAR))

    assert (upload.state, upload.scan_found) == (DocumentState.SUSPECT, "Eicar-Signature")
    assert upload.wrapped_key is None
    assert upload.content_removed_at is not None
    assert list(files_below(folder)) == []
    assert [each.rule for each in await certificates()] == [EndRule.SUSPECT]
    said = what_stands_in_the_way(upload)
    assert said is not None
    assert said.code == "document_suspect"
    assert "Eicar" not in said.sentence.en


@pytest.mark.usefixtures("scanner_away")
async def test_a_scanner_that_is_away_is_found_out_once_a_lane() -> None:
    """Not by each document that waits; the others keep their turn."""
    for _ in range(5):
        await sent()

    assert await check_waiting(now=LATER) == 2
    assert await check_waiting(now=LATER) == 2
    assert {each.state for each in await all_uploads()} == {DocumentState.UNSCANNED}


async def test_two_passes_at_once_check_each_document_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two workers, or more."""
    monkeypatch.setenv("MUMARIS_CLAMD", NOBODY)
    uploads = [await sent() for _ in range(4)]
    asked: list[int] = []

    async def counting(reader: StreamReader, writer: StreamWriter) -> None:
        asked.append(1)
        await content_of(reader)
        writer.write(b"stream: OK\0")
        await writer.drain()

    async with scanner(counting):
        done = await asyncio.gather(*(check_waiting(now=LATER) for _ in range(3)))

    assert sum(done) == len(asked) == len(uploads)
    assert {each.state for each in await all_uploads()} == {DocumentState.READY}


async def test_what_died_between_its_row_and_its_scan_goes_on() -> None:
    """Left by a server that was stopped; nobody has to send it again."""
    async with scanner(hanging):
        sending = asyncio.create_task(sent())
        await until(a_row_is_there, "its row is written")
        sending.cancel()
        await asyncio.wait({sending})
    (left,) = await all_uploads()
    assert left.state is DocumentState.RECEIVED

    async with scanner(stand_in):
        await check_waiting(now=LATER)

    assert (await load_upload(left.id)).state is DocumentState.READY


async def a_row_is_there() -> bool:
    return bool(await all_uploads())


async def test_what_was_clean_and_not_drawn_is_drawn() -> None:
    """It is not scanned again."""
    upload = await drawing_was_stopped()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MUMARIS_CLAMD", NOBODY)
        await check_waiting(now=LATER)

    assert (await load_upload(upload.id)).state is DocumentState.READY


async def drawing_was_stopped() -> Upload:
    """A scanned letter; the store went away before its pages were drawn."""

    async def away(*_: object, **__: object) -> Pages:
        raise StoreAway

    async with scanner(stand_in):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(checking, "make_pages", away)
            upload = await sent()
    assert upload.state is DocumentState.CLEAN
    return upload


async def test_what_is_with_somebody_is_left_to_them() -> None:
    """For as long as a scan and some more may take; then whoever had it is taken for dead."""
    await upload_row(checked_at=LATER)

    assert await check_waiting(now=LATER + timedelta(minutes=1)) == 0
    assert await check_waiting(now=LATER + timedelta(minutes=1), within=0) == 0


@pytest.mark.usefixtures("scanner_away")
async def test_one_that_cannot_be_checked_keeps_no_other_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its content is lost, say; the log has its number and the error's name."""
    await upload_row(checked_at=NOW - timedelta(hours=1), wrapped_key="1:0:secret")
    good = await sent()

    async with scanner(stand_in):
        with caplog.at_level(logging.ERROR):
            assert await check_waiting(now=LATER) == 2

    assert (await load_upload(good.id)).state is DocumentState.READY
    (line,) = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert line.endswith("cannot be checked: MasterKeyMissing")
    assert "secret" not in line


async def test_a_store_that_is_away_loses_nothing(folder: Path) -> None:
    """Sent and kept, and the store gone before it could be read: it waits."""
    kept = folder.with_name("elsewhere")

    async def moves_the_store(reader: StreamReader, writer: StreamWriter) -> None:
        _move(folder, kept)
        await stand_in(reader, writer)

    async with scanner(moves_the_store):
        upload = await sent()
    assert upload.state in {DocumentState.RECEIVED, DocumentState.CLEAN}

    _move(kept, folder)
    async with scanner(stand_in):
        await check_waiting(now=LATER)

    assert (await load_upload(upload.id)).state is DocumentState.READY


def _move(folder: Path, to: Path) -> None:
    """As a folder that is mounted comes and goes."""
    folder.rename(to)


async def test_what_is_taken_back_while_it_is_scanned_stays_destroyed(folder: Path) -> None:
    """The scanner's word comes too late, and changes nothing."""

    async def meanwhile(reader: StreamReader, writer: StreamWriter) -> None:
        (upload,) = await all_uploads()
        await take_back(upload.id, owner=MINE, now=LATER)
        await stand_in(reader, writer)

    async with scanner(meanwhile):
        upload = await sent()

    assert (upload.state, upload.state_since) == (DocumentState.DESTROYED, LATER)
    assert list(files_below(folder)) == []


@pytest.mark.parametrize("page", [1, 7])
async def test_a_page_that_comes_after_the_end_is_removed(page: int, folder: Path) -> None:
    """The store had been emptied while it was still being drawn."""

    async def meanwhile(*given: Any, **more: Any) -> Any:
        made = await make_pages(*given, **more)
        await take_back(more["document_id"], owner=MINE, now=LATER)
        await shelf().store.put(f"{more['document_id']}/page-{page}", stream(b"sealed"))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "make_pages", meanwhile)
        upload = await sent()

    assert upload.state is DocumentState.DESTROYED
    assert list(files_below(folder)) == []


async def test_what_ended_before_it_could_be_drawn_is_no_error(folder: Path) -> None:
    """Its content is missing as it should be."""

    async def meanwhile(*given: Any, **more: Any) -> Any:
        await take_back(more["document_id"], owner=MINE, now=LATER)
        return await make_pages(*given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "make_pages", meanwhile)
        assert (await sent()).state is DocumentState.DESTROYED
    assert list(files_below(folder)) == []


@pytest.mark.usefixtures("scanner_away")
async def test_what_waits_for_a_scanner_is_drawn_where_none_is_named_any_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Policy says whether: then officers read that nobody scanned it."""
    upload = await sent()
    monkeypatch.delenv("MUMARIS_CLAMD")
    with policy_with(tmp_path, ('unscanned = "accept"', 'unscanned = "refuse"')):
        waits = await check(upload.id)
    ready = await check(upload.id)

    assert (waits.state, waits.scan) == (DocumentState.UNSCANNED, "no_scanner")
    assert (ready.state, ready.scan) == (DocumentState.READY, "no_scanner")


async def test_no_more_are_drawn_at_once_than_the_setting_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each child may take a gigabyte."""
    monkeypatch.setenv("MUMARIS_DRAWINGS", "2")
    at_once, most = 0, 0

    async def counted(*given: Any, **more: Any) -> Any:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        made = await make_pages(*given, **more)
        at_once -= 1
        return made

    monkeypatch.setattr(checking, "make_pages", counted)
    await asyncio.gather(*(sent() for _ in range(5)))

    assert most == 2
